import { createRequire } from 'node:module';
import { Command, CommanderError } from 'commander';
import { OptionsError } from '#platform';
import { addBrokerCommand } from './broker.command.js';
import { CommandError } from './command-error.js';
import { addConfigCommand } from './config.command.js';
import { addConsumeCommand } from './consume.command.js';
import { addGroupCommand } from './group.command.js';
import { addProduceCommand } from './produce.command.js';
import { addTopicCommand } from './topic.command.js';

/** A command line that cannot be understood. */
const EXIT_USAGE = 2;

const EXAMPLES = `
Examples:
  rookery broker start --data-dir ./data --port 4000
  rookery topic create orders --queues 8
  echo '{"id":1}' | rookery produce orders
  rookery consume orders --group audit
  rookery group describe audit orders

Exit codes: 0 done, 1 failed, 2 wrong usage; those of 'broker start' are listed in docs/guide/broker.md.
The broker's address is --broker, ROOKERY_BROKER or rookery://127.0.0.1:4000; its token is ROOKERY_AUTH_TOKEN
or the content of the file ROOKERY_AUTH_TOKEN_FILE.
`;

/** The `rookery` command: resolves to the exit code once the command has ended. Prints to the process's streams. */
export async function runCli(args: readonly string[]): Promise<number> {
  const outcome = { exitCode: 0 };
  const program = new Command('rookery')
    .description('RPC and a durable message queue for NestJS: the broker and its operations.')
    .version(packageVersion(), '--version', 'print the version')
    .addHelpText('after', EXAMPLES)
    .enablePositionalOptions()
    .exitOverride();
  addBrokerCommand(program, outcome);
  addConfigCommand(program, outcome);
  addTopicCommand(program);
  addGroupCommand(program);
  addProduceCommand(program);
  addConsumeCommand(program);
  try {
    await program.parseAsync([...args], { from: 'user' });
    return outcome.exitCode;
  } catch (error) {
    return exitCodeOf(error);
  }
}

function exitCodeOf(error: unknown): number {
  // Commander has printed its own message, help or version.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : EXIT_USAGE;
  if (error instanceof OptionsError) {
    process.stderr.write(`rookery: ${error.problems.map(({ path, problem }) => `${path} ${problem}`).join('; ')}\n`);
    return EXIT_USAGE;
  }
  const isExpected = error instanceof CommandError || (error instanceof Error && 'code' in error);
  const text = error instanceof Error ? (isExpected ? error.message : (error.stack ?? error.message)) : String(error);
  process.stderr.write(`rookery: ${text}\n`);
  return 1;
}

/** The package asks itself, so the path is right in the sources, in the build and where it is installed. */
function packageVersion(): string {
  const manifest: { version: string } = createRequire(import.meta.url)('rookery/package.json');
  return manifest.version;
}
