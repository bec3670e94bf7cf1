import { type Command, InvalidArgumentError } from 'commander';
import { MQ_ROUTES, parseTopicDescription, parseTopicList } from '#mq-protocol';
import { type AccessOptions, brokerOption, withBroker } from './broker-access.js';
import { printTable } from './print-table.js';

/** `rookery topic create|list|describe`. */
export function addTopicCommand(program: Command): void {
  const topic = program.command('topic').description('make and show topics');
  topic
    .command('create <topic>')
    .description('make a topic')
    .option('--queues <count>', 'number of its queues', wholeNumber, 4)
    .addOption(brokerOption())
    .action((name: string, options: AccessOptions & { queues: number }) =>
      withBroker(options, async ({ ask }) => {
        await ask(MQ_ROUTES.createTopic, { topic: name, queueCount: options.queues });
        process.stdout.write(`${name}: made with ${options.queues} queues\n`);
      }),
    );
  topic
    .command('list')
    .description('names of all topics')
    .addOption(brokerOption())
    .action((options: AccessOptions) =>
      withBroker(options, async ({ ask }) => {
        const { topics } = parseTopicList(await ask(MQ_ROUTES.listTopics, {}));
        for (const each of topics) process.stdout.write(`${each}\n`);
      }),
    );
  topic
    .command('describe <topic>')
    .description('the queues of a topic and their offsets')
    .addOption(brokerOption())
    .action((name: string, options: AccessOptions) =>
      withBroker(options, async ({ ask }) => {
        const { queues } = parseTopicDescription(await ask(MQ_ROUTES.describeTopic, { topic: name }));
        const rows = queues.map(({ queueId, startOffset, endOffset }) => [queueId, startOffset, endOffset]);
        printTable(['queue', 'start offset', 'end offset'], rows);
      }),
    );
}

/** A count on the command line. @throws {InvalidArgumentError} what commander reports as wrong usage */
export function wholeNumber(text: string): number {
  if (/^\d{1,9}$/.test(text) && Number(text) > 0) return Number(text);
  throw new InvalidArgumentError('a whole number above 0 is expected');
}
