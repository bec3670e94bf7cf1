import { brokerSettingDefaults } from '#broker';
import { optionMeanings } from './option-meanings.js';
import { type Setting, setting, settingsOfDefaults } from './setting.js';

/** Every setting of the broker process, in the order of help and `config print`: the process's own, then those of each part. */
export function brokerAppSettings(): readonly Setting[] {
  const { store, mq, registry } = brokerSettingDefaults;
  return [
    setting({
      path: 'host',
      kind: 'text',
      defaultValue: '127.0.0.1',
      description: 'interface to listen on; others than loopback need auth.token',
    }),
    setting({ path: 'port', kind: 'number', defaultValue: 4000, description: 'TCP port; 0 = any free one' }),
    setting({
      path: 'dataDir',
      kind: 'text',
      defaultValue: './data',
      description: 'directory of the log and everything derived from it',
    }),
    setting({
      path: 'auth.token',
      kind: 'text',
      isSecret: true,
      description:
        'shared secret that every client must present; or the file that holds it, by ROOKERY_AUTH_TOKEN_FILE',
    }),
    setting({
      path: 'shutdownTimeoutMs',
      kind: 'duration',
      defaultValue: 10_000,
      description: 'longest wait for running work when the process is asked to stop',
    }),
    setting({
      path: 'logLevel',
      kind: 'text',
      defaultValue: 'info',
      description: 'debug, info, warn, error or silent; lines go to the standard error stream',
    }),
    ...settingsOfDefaults('mq', mq, optionMeanings.mq),
    ...settingsOfDefaults('store', store, optionMeanings.store),
    ...settingsOfDefaults('registry', registry, optionMeanings.registry),
  ];
}
