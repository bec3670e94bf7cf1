import { resolve } from 'node:path';
import { nodePlatform, OptionsError } from '#platform';
import { EXIT } from './exit-codes.js';
import { resolveBrokerAppOptions } from './options/broker-app.options.js';
import { brokerAppSettings } from './options/broker-app.settings.js';
import { gatherSettings } from './options/gather-settings.js';
import { describeSettings } from './options/print-settings.js';
import { problemReport } from './options/problem-report.js';

const USAGE = `Starts a Rookery broker with its name server.

Usage: rookery broker start [options]

Each option may also be given as ROOKERY_* in the environment or in rookery.config.yaml, .yml or .json
(named with --config); a flag wins over the environment, the environment over the file.

Options:
`;

/** The broker process from its command line to its exit code: resolves once the broker has ended. */
export async function runBroker(args: readonly string[]): Promise<number> {
  const settings = brokerAppSettings();
  const { files } = nodePlatform();
  const gathered = await gatherSettings(settings, { args, env: process.env, files, directory: resolve('.') });
  if (gathered.wants === 'help') {
    process.stdout.write(`${USAGE}${describeSettings(settings)}`);
    return EXIT.ok;
  }
  try {
    const options = resolveBrokerAppOptions(gathered);
    // Nest is loaded only now: help and wrong options are answered at once.
    const { serveBroker } = await import('./serve-broker.js');
    return await serveBroker(options);
  } catch (error) {
    if (!(error instanceof OptionsError)) throw error;
    process.stderr.write(problemReport(error));
    return EXIT.badOptions;
  }
}
