import { type OptionProblem, OptionsError } from '#platform';

/** How one process uses a name server. */
export interface RegistryClientOptions {
  /** Lease of the instances registered here, in ms; renewed three times as often. */
  readonly leaseMs: number;
  /** Longest wait for one answer of the name server, in ms. */
  readonly callTimeoutMs: number;
  /** First and longest pause between attempts while the name server is away, in ms; jittered. */
  readonly retryMsMin: number;
  readonly retryMsMax: number;
  /** Services followed or remembered; beyond it the one that was not followed for longest is forgotten, or a watch is refused. */
  readonly serviceCountMax: number;
  /** Directory for the last known lists, so that a process can start while the name server is away. Undefined = memory only. */
  readonly cacheDirectory: string | undefined;
}

/** The defaults. A lease of 10 s is renewed every 3.3 s. */
export const registryClientDefaults: RegistryClientOptions = Object.freeze({
  leaseMs: 10_000,
  callTimeoutMs: 3_000,
  retryMsMin: 100,
  retryMsMax: 3_000,
  serviceCountMax: 1_024,
  cacheDirectory: undefined,
});

/** The only place a RegistryClientOptions is made. Names every problem at once, under `registry.`. @throws {OptionsError} */
export function resolveRegistryClientOptions(given: Partial<RegistryClientOptions> = {}): RegistryClientOptions {
  const options = { ...registryClientDefaults, ...given };
  const problems: OptionProblem[] = [];
  for (const name of ['leaseMs', 'callTimeoutMs', 'retryMsMin', 'retryMsMax'] as const) {
    if (!Number.isFinite(options[name]) || options[name] <= 0) {
      problems.push({ path: `registry.${name}`, problem: `${options[name]} is not a positive number of ms` });
    }
  }
  if (options.retryMsMax < options.retryMsMin) {
    problems.push({ path: 'registry.retryMsMax', problem: `${options.retryMsMax} is below retryMsMin` });
  }
  if (!Number.isSafeInteger(options.serviceCountMax) || options.serviceCountMax < 1) {
    problems.push({
      path: 'registry.serviceCountMax',
      problem: `${options.serviceCountMax} is not a whole number of at least 1`,
    });
  }
  if (options.cacheDirectory === '') problems.push({ path: 'registry.cacheDirectory', problem: 'is empty' });
  if (problems.length > 0) throw new OptionsError(problems);
  return Object.freeze(options);
}
