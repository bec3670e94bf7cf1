import { resolve } from 'node:path';
import { nodePlatform, OptionsError } from '#platform';
import { EXIT } from './exit-codes.js';
import { resolveBrokerAppOptions } from './options/broker-app.options.js';
import { brokerAppSettings } from './options/broker-app.settings.js';
import { gatherSettings } from './options/gather-settings.js';
import { type PrintWishes, printSettings } from './options/print-settings.js';
import { problemReport } from './options/problem-report.js';

/**
 * Prints the options that a broker started here with `args` would use, for `rookery config print`. Knows nothing of Nest.
 * Resolves to the exit code, which also tells whether they can be used.
 */
export async function printBrokerConfig(args: readonly string[], wishes: PrintWishes): Promise<number> {
  const settings = brokerAppSettings();
  const { files } = nodePlatform();
  const gathered = await gatherSettings(settings, { args, env: process.env, files, directory: resolve('.') });
  process.stdout.write(printSettings(settings, gathered, wishes));
  try {
    resolveBrokerAppOptions(gathered);
    return EXIT.ok;
  } catch (error) {
    if (!(error instanceof OptionsError)) throw error;
    process.stderr.write(problemReport(error));
    return EXIT.badOptions;
  }
}
