import { resolve } from 'node:path';
import { FileSystemError, OptionsError, SocketError } from '#platform';
import { StoreError } from '#store';
import { EXIT } from './exit-codes.js';
import type { BrokerAppOptions } from './options/broker-app.options.js';

/** Why the process could not start, as one line for the operator and as its exit code. */
export interface StartFailure {
  readonly exitCode: number;
  readonly message: string;
}

/** What `error` means to the operator. The first known error of its chain of causes decides. */
export function startFailure(error: unknown, options: BrokerAppOptions): StartFailure {
  for (let each = error; each instanceof Error; each = each.cause) {
    const known = knownFailure(each, options);
    if (known !== undefined) return known;
  }
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { exitCode: EXIT.failed, message: `the broker cannot start: ${text}` };
}

function knownFailure(error: Error, options: BrokerAppOptions): StartFailure | undefined {
  const directory = resolve(options.broker.dataDir);
  if (error instanceof StoreError) return storeFailure(error, directory);
  if (error instanceof FileSystemError) {
    const exitCode =
      error.code === 'locked' ? EXIT.directoryInUse : error.code === 'denied' ? EXIT.denied : EXIT.failed;
    return { exitCode, message: `the data directory ${directory} cannot be used: ${error.message}` };
  }
  if (error instanceof SocketError) {
    const { host, port } = options.listen;
    const exitCode = error.code === 'denied' ? EXIT.denied : EXIT.addressInUse;
    return { exitCode, message: `cannot listen on ${host}:${port}: ${error.message}` };
  }
  if (error instanceof OptionsError) return { exitCode: EXIT.badOptions, message: error.message };
  return undefined;
}

/** The store's own messages name the directory and the holder of its lock. */
function storeFailure(error: StoreError, directory: string): StartFailure | undefined {
  switch (error.code) {
    case 'in-use':
      return { exitCode: EXIT.directoryInUse, message: error.message };
    case 'damaged':
    case 'newer-format':
      return { exitCode: EXIT.damaged, message: `the data in ${directory} cannot be used: ${error.message}` };
    default:
      // The cause says more: what the disk or the operating system did.
      return error.cause instanceof Error
        ? undefined
        : { exitCode: EXIT.failed, message: `the broker cannot start: ${error.message}` };
  }
}
