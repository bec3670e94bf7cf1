import type { OperationCall } from '#broker';
import type { RookeryContext } from '#nest-rpc';

/** The call behind a handler's context: what an operation of the broker takes. */
export function operationCall(context: RookeryContext): OperationCall {
  return context.getArgByIndex(0);
}
