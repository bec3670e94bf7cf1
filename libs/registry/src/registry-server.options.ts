import { type OptionProblem, OptionsError } from '#platform';

/** How one name server keeps its leases. */
export interface RegistryServerOptions {
  /** Shortest and longest lease that an instance may ask for, in ms. */
  readonly leaseMsMin: number;
  readonly leaseMsMax: number;
  /** How long after the start lists are called incomplete, in ms: as long as instances need to come back to a restarted server. */
  readonly warmUpMs: number;
  /** How often leases are looked through, in ms. */
  readonly sweepMs: number;
  /** How long changes of a service are gathered before they are pushed, in ms. */
  readonly pushDelayMs: number;
  /** Instances in all. A register beyond it is refused with RESOURCE_EXHAUSTED. */
  readonly instanceCountMax: number;
  /** Instances of one connection; refused likewise. */
  readonly instancesPerConnectionMax: number;
  /** Open watches in all; refused likewise. */
  readonly watcherCountMax: number;
  /** Largest share of a service's instances that one sweep may expire, in (0, 1]. */
  readonly evictionShareMax: number;
}

/** The defaults. Source: docs/guide/broker.md; Nacos, Eureka and Consul compared. */
export const registryServerDefaults: RegistryServerOptions = Object.freeze({
  leaseMsMin: 1_000,
  leaseMsMax: 120_000,
  warmUpMs: 15_000,
  sweepMs: 500,
  pushDelayMs: 20,
  instanceCountMax: 20_000,
  instancesPerConnectionMax: 256,
  watcherCountMax: 20_000,
  evictionShareMax: 0.3,
});

const COUNTS = ['instanceCountMax', 'instancesPerConnectionMax', 'watcherCountMax'] as const;
const TIMES = ['leaseMsMin', 'leaseMsMax', 'sweepMs'] as const;

/** The only place a RegistryServerOptions is made. Names every problem at once, under `registry.`. @throws {OptionsError} */
export function resolveRegistryServerOptions(given: Partial<RegistryServerOptions> = {}): RegistryServerOptions {
  const options = { ...registryServerDefaults, ...given };
  const problems: OptionProblem[] = [];
  const refuse = (name: keyof RegistryServerOptions, problem: string) =>
    problems.push({ path: `registry.${name}`, problem: `${options[name]} ${problem}` });
  for (const name of COUNTS) {
    if (!Number.isSafeInteger(options[name]) || options[name] < 1) refuse(name, 'is not a whole number of at least 1');
  }
  for (const name of TIMES) {
    if (!Number.isFinite(options[name]) || options[name] <= 0) refuse(name, 'is not a positive number of ms');
  }
  for (const name of ['warmUpMs', 'pushDelayMs'] as const) {
    if (!Number.isFinite(options[name]) || options[name] < 0) refuse(name, 'is not a number of ms, 0 or more');
  }
  if (options.leaseMsMax < options.leaseMsMin) refuse('leaseMsMax', `is below leaseMsMin ${options.leaseMsMin}`);
  if (!(options.evictionShareMax > 0 && options.evictionShareMax <= 1)) refuse('evictionShareMax', 'is not in (0, 1]');
  if (problems.length > 0) throw new OptionsError(problems);
  return Object.freeze(options);
}
