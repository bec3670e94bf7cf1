import { type MessageBrokerOptions, resolveMessageBrokerOptions } from '#mq';
import { type OptionProblem, OptionsError } from '#platform';
import { type RegistryServerOptions, registryServerDefaults, resolveRegistryServerOptions } from '#registry';
import { resolveStoreOptions, type StoreOptions, storeDefaults } from '#store';

/** The options of one broker: where its data is and those of its parts, each complete. */
export interface BrokerOptions {
  /** Directory of the log and of everything derived from it; made if missing. */
  readonly dataDir: string;
  readonly store: StoreOptions;
  readonly mq: MessageBrokerOptions;
  readonly registry: RegistryServerOptions;
}

/** What may be given: the data directory, and any part of the options of the parts. */
export interface BrokerSettings {
  readonly dataDir: string;
  readonly store?: Partial<Omit<StoreOptions, 'dataDir'>> | undefined;
  readonly mq?: Partial<MessageBrokerOptions> | undefined;
  readonly registry?: Partial<RegistryServerOptions> | undefined;
}

/** The defaults of the parts, for help texts and for deriving flags. */
export const brokerSettingDefaults = Object.freeze({
  store: storeDefaults,
  mq: resolveMessageBrokerOptions(),
  registry: registryServerDefaults,
});

/** The only place where BrokerOptions are made. @throws {OptionsError} with the problems of all parts, `store.`, `mq.`, `registry.` in front */
export function resolveBrokerOptions(given: BrokerSettings): BrokerOptions {
  const { dataDir } = given;
  const problems: OptionProblem[] = [];
  if (typeof dataDir !== 'string' || dataDir === '')
    problems.push({ path: 'dataDir', problem: 'must name a directory' });
  const store = collect(problems, () => resolveStoreOptions({ ...given.store, dataDir: dataDir || '.' }));
  const mq = collect(problems, () => resolveMessageBrokerOptions(given.mq ?? {}));
  const registry = collect(problems, () => resolveRegistryServerOptions(given.registry ?? {}));
  if (store === undefined || mq === undefined || registry === undefined || problems.length > 0) {
    throw new OptionsError(problems);
  }
  return Object.freeze({ dataDir, store, mq, registry });
}

function collect<Options>(problems: OptionProblem[], resolve: () => Options): Options | undefined {
  try {
    return resolve();
  } catch (error) {
    if (!(error instanceof OptionsError)) throw error;
    problems.push(...error.problems);
    return undefined;
  }
}
