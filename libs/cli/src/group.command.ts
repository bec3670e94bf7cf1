import type { Command } from 'commander';
import { MQ_ROUTES, parseGroupDescription, parseGroupList } from '#mq-protocol';
import { type AccessOptions, brokerOption, withBroker } from './broker-access.js';
import { printTable } from './print-table.js';

/** `rookery group list|describe`. */
export function addGroupCommand(program: Command): void {
  const group = program.command('group').description('show the progress of consumer groups');
  group
    .command('list')
    .description('all groups and the topics they read')
    .addOption(brokerOption())
    .action((options: AccessOptions) =>
      withBroker(options, async ({ ask }) => {
        const { groups } = parseGroupList(await ask(MQ_ROUTES.listGroups, {}));
        printTable(
          ['group', 'topic'],
          groups.map((each) => [each.group, each.topic]),
        );
      }),
    );
  group
    .command('describe <group> <topic>')
    .description("a group's progress on a topic; lag counts messages not settled")
    .addOption(brokerOption())
    .action((name: string, topic: string, options: AccessOptions) =>
      withBroker(options, async ({ ask }) => {
        const { queues } = parseGroupDescription(await ask(MQ_ROUTES.describeGroup, { group: name, topic }));
        const rows = queues.map((each) => [
          each.queueId,
          each.floorOffset,
          each.endOffset,
          each.inFlightCount,
          each.lagCount,
        ]);
        printTable(['queue', 'floor offset', 'end offset', 'in flight', 'lag'], rows);
      }),
    );
}
