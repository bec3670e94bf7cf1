import { type OptionProblem, OptionsError } from '#platform';
import { resolveCallPolicy } from './call-policy.js';
import type { MethodSpec } from './method.js';
import type { MethodTypes } from './payload-views.js';

/** A method that knows its contract: what `@RpcMethod` takes. */
export interface ContractMethod<T extends MethodTypes = MethodTypes> extends MethodSpec<T> {
  /** Name of the contract. */
  readonly service: string;
  /** Version of the contract. */
  readonly version: string;
  readonly name: string;
  /** How the call travels: `service/name`. */
  readonly route: string;
}

/** The payload types of a method. */
export type TypesOf<M> = M extends MethodSpec<infer T> ? T : never;

/** A named set of methods. Caller and server share this value; it is frozen. */
export interface RpcContract<M extends Readonly<Record<string, MethodSpec>> = Readonly<Record<string, MethodSpec>>> {
  /** Also the service's name in the registry. */
  readonly name: string;
  readonly version: string;
  readonly methods: { readonly [K in keyof M]: ContractMethod<TypesOf<M[K]>> };
}

/** What a contract says about itself besides its methods. */
export interface ContractOptions {
  /** Semantic version of the contract; default '0.0.0'. */
  readonly version?: string | undefined;
}

const NAME = /^[A-Za-z][A-Za-z0-9._-]{0,63}$/;

/** They would make the client look like a promise, or shadow what every object has. */
const RESERVED = new Set(['then', 'constructor', 'toString', 'valueOf', 'toJSON']);

/**
 * Names methods and freezes them. The route of a method is `name/method`, for example `orders/get`.
 *
 * @throws {OptionsError} naming every bad name, bad policy, and every `stream()`, which this version does not serve yet
 */
export function defineContract<const M extends Readonly<Record<string, MethodSpec>>>(
  name: string,
  methods: M,
  options: ContractOptions = {},
): RpcContract<M> {
  const problems: OptionProblem[] = [];
  if (!NAME.test(name)) problems.push({ path: 'contract', problem: `'${name}' must match ${NAME.source}` });
  for (const [key, spec] of Object.entries(methods)) problems.push(...methodProblems(name, key, spec));
  if (problems.length > 0) throw new OptionsError(problems);
  const version = options.version ?? '0.0.0';
  const bound = Object.entries(methods).map(([key, spec]) => {
    const method: ContractMethod = Object.freeze({
      ...spec,
      service: name,
      version,
      name: key,
      route: `${name}/${key}`,
    });
    return [key, method] as const;
  });
  return Object.freeze({
    name,
    version,
    // True by construction: the same keys, each with its own spec spread into it.
    methods: Object.freeze(Object.fromEntries(bound)) as RpcContract<M>['methods'],
  });
}

function methodProblems(contract: string, key: string, spec: MethodSpec): OptionProblem[] {
  const path = `${contract}.${key}`;
  const problems: OptionProblem[] = [];
  if (!NAME.test(key)) problems.push({ path, problem: `the name must match ${NAME.source}` });
  if (RESERVED.has(key)) problems.push({ path, problem: 'this name is reserved' });
  if (spec.kind === 'stream') {
    problems.push({
      path,
      problem: 'streams are not served by typed contracts yet; use a plain @MessagePattern that returns an Observable',
    });
  }
  try {
    resolveCallPolicy([spec.policy], `${path}.policy`);
  } catch (error) {
    if (!(error instanceof OptionsError)) throw error;
    problems.push(...error.problems);
  }
  return problems;
}
