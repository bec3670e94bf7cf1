import { Controller } from '@nestjs/common';
import type { RpcContract } from '#rpc';
import { ContractErrorFilter } from './contract-error.filter.js';
import { methodMarks } from './handler-extras.js';

/** How one class serves a contract. */
export interface RpcServiceOptions {
  /** Share of traffic of this process for the contract, 0 to 10 000; default: the server's own (100). */
  readonly weight?: number | undefined;
}

/** Where Nest keeps the filters of a class. Its name is not exported; a spec holds it. */
const FILTERS_METADATA = '__exceptionFilters__';

/**
 * A controller that serves a contract: `@RpcService(Orders)`, with `@RpcMethod` on its methods. What it throws reaches the typed
 * client with code, message, class and details; filters of the application come first.
 */
export function RpcService(contract: RpcContract, options: RpcServiceOptions = {}): ClassDecorator {
  return (target) => {
    Controller()(target);
    for (const mark of methodMarks(target)) {
      if (mark.method.service === contract.name) mark.weight = options.weight;
    }
    // In front: Nest asks the filters of a class from the last to the first, and the user's must win.
    const filters: unknown = Reflect.getOwnMetadata(FILTERS_METADATA, target);
    const own = Array.isArray(filters) ? filters : [];
    Reflect.defineMetadata(FILTERS_METADATA, [ContractErrorFilter, ...own], target);
  };
}
