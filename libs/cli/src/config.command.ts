import type { Command } from 'commander';

/** `rookery config print`: the broker's options in force here. Flags of `broker start` may follow and are counted in. */
export function addConfigCommand(program: Command, outcome: { exitCode: number }): void {
  const config = program.command('config').description('show configuration');
  config
    .command('print')
    .description('print the options that `rookery broker start` would use here, with the same flags')
    .option('--effective', 'also those in force by default')
    .option('--origin', 'where each comes from')
    .allowUnknownOption()
    .allowExcessArguments()
    .argument('[options...]')
    .action(async (args: string[], wishes: { effective?: boolean; origin?: boolean }) => {
      const { printBrokerConfig } = await import('../../../apps/broker/src/index.js');
      const { effective = false, origin = false } = wishes;
      outcome.exitCode = await printBrokerConfig(args, { effective, origin });
    });
}
