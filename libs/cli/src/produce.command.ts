import { createInterface } from 'node:readline';
import type { Command } from 'commander';
import { createProducer, type Producer } from '#mq-client';
import { type AccessOptions, brokerOption, withBroker } from './broker-access.js';
import { CommandError } from './command-error.js';

/** Lines sent and not yet answered; more are not read until these are. */
const IN_FLIGHT_COUNT_MAX = 1_024;

interface ProduceOptions extends AccessOptions {
  readonly message?: readonly string[];
  readonly tag?: string;
  readonly key?: string;
  readonly orderBy?: string;
}

/** `rookery produce`: one message for each line of the standard input, or for each `-m`. */
export function addProduceCommand(program: Command): void {
  program
    .command('produce <topic>')
    .description('send messages: one for each line of the standard input, or for each -m')
    .option('-m, --message <text...>', 'send these instead of reading the standard input')
    .option('--tag <tag>', 'tag of the messages')
    .option('--key <key>', 'business key of the messages')
    .option('--order-by <key>', 'ordering key of the messages: one queue, in order')
    .addOption(brokerOption())
    .addHelpText('after', '\nExample:\n  rookery produce orders --tag placed -m \'{"id":1}\'\n')
    .action((topic: string, options: ProduceOptions) =>
      withBroker(options, async ({ channel, platform }) => {
        const producer = createProducer({}, channel, platform);
        const lines = options.message ?? createInterface({ input: process.stdin });
        const { sentCount, failures } = await sendLines(producer, topic, lines, options);
        await producer.close();
        process.stdout.write(`${sentCount} messages sent to ${topic}\n`);
        if (failures.length > 0)
          throw new CommandError(`${failures.length} messages were not confirmed; first: ${failures[0]}`);
      }),
    );
}

async function sendLines(
  producer: Producer,
  topic: string,
  lines: AsyncIterable<string> | Iterable<string>,
  options: ProduceOptions,
): Promise<{ sentCount: number; failures: string[] }> {
  const running = new Set<Promise<void>>();
  const failures: string[] = [];
  let sentCount = 0;
  for await (const line of lines) {
    const { tag, key, orderBy } = options;
    const keys = key === undefined ? undefined : [key];
    const sent = producer
      .send({ topic, tag, keys, orderingKey: orderBy, body: Buffer.from(line), bodyEncoding: bodyEncoding(line) })
      .then(
        () => void sentCount++,
        (error: unknown) => void failures.push(String(error)),
      )
      .finally(() => running.delete(sent));
    running.add(sent);
    if (running.size >= IN_FLIGHT_COUNT_MAX) await Promise.race(running);
  }
  await Promise.all(running);
  return { sentCount, failures };
}

/** A line that is JSON is sent as such, so that a consumer's handler gets a value and not bytes. */
function bodyEncoding(line: string): 'json' | 'raw' {
  try {
    JSON.parse(line);
    return 'json';
  } catch {
    return 'raw';
  }
}
