import type { Command } from 'commander';

/** `rookery broker start`: everything after it is read by the broker application itself, which is loaded only now. */
export function addBrokerCommand(program: Command, outcome: { exitCode: number }): void {
  const broker = program.command('broker').description('run a broker');
  broker
    .command('start')
    .description('start a broker with its name server (--help lists its options)')
    .helpOption(false)
    .allowUnknownOption()
    .allowExcessArguments()
    .passThroughOptions()
    .argument('[options...]')
    .action(async (args: string[]) => {
      await import('reflect-metadata');
      const { runBroker } = await import('../../../apps/broker/src/index.js');
      outcome.exitCode = await runBroker(args);
    });
}
