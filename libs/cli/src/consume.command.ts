import type { Command } from 'commander';
import { createConsumer, type ReceivedMessage } from '#mq-client';
import type { StartFrom } from '#mq-protocol';
import { type AccessOptions, brokerOption, withBroker } from './broker-access.js';
import { wholeNumber } from './topic.command.js';

interface ConsumeOptions extends AccessOptions {
  readonly group: string;
  readonly from: StartFrom;
  readonly count?: number;
  readonly json?: boolean;
}

/** `rookery consume`: prints messages and acknowledges what was printed. */
export function addConsumeCommand(program: Command): void {
  program
    .command('consume <topic>')
    .description('print messages as they come, one a line, and acknowledge them; ends with Ctrl-C')
    .requiredOption('-g, --group <group>', 'the group that shares the work and the progress')
    .option('--from <start>', 'where a new group starts: earliest or latest', 'earliest')
    .option('-n, --count <count>', 'end after this many messages', wholeNumber)
    .option('--json', 'print each as a JSON object with its id, keys, offset and attempt')
    .addOption(brokerOption())
    .action((topic: string, options: ConsumeOptions) =>
      withBroker(options, async ({ channel, platform }) => {
        let left = options.count ?? Number.POSITIVE_INFINITY;
        let stop = () => {};
        const stopped = new Promise<void>((resolve) => {
          stop = resolve;
        });
        const settings = { group: options.group, subscriptions: [{ topic }], startFrom: options.from, concurrency: 1 };
        const consumer = createConsumer(
          settings,
          (message, delivery) => {
            // More may be on the way than were asked for: they go back at once, unprinted.
            if (left <= 0) return void delivery.retry(0);
            left -= 1;
            process.stdout.write(`${options.json === true ? jsonLine(message) : message.body.toString('utf8')}\n`);
            if (left === 0) stop();
          },
          channel,
          platform,
        );
        process.once('SIGINT', stop).once('SIGTERM', stop);
        consumer.start();
        await stopped;
        await consumer.stop();
      }),
    );
}

function jsonLine(message: ReceivedMessage): string {
  const { messageId, topic, tag, keys, orderingKey, queueId, offset, deliveryAttempt, headers } = message;
  const { bornAtMs, storedAtMs, body } = message;
  const facts = {
    messageId,
    topic,
    tag,
    keys,
    orderingKey,
    queueId,
    offset,
    deliveryAttempt,
    headers,
    bornAtMs,
    storedAtMs,
  };
  return JSON.stringify({ ...facts, body: body.toString('utf8') });
}
