import { MqError } from '#mq';
import { MqProtocolError } from '#mq-protocol';
import { type InboundCall, RpcError } from '#rpc';
import { StoreError } from '#store';
import type { Broker } from '../broker.js';

/** What an operation sees of its call: enough to decode it, to bind a lease to its connection, and to stop waiting with it. */
export type OperationCall = Pick<InboundCall, 'payload' | 'peer' | 'signal' | 'remainingMs'>;

/**
 * One remote operation: decode, one call of the broker, encode. What it returns is the answer (a `Buffer` goes out raw, an `AnswerStream` as
 * many values). What the broker refuses is an answer, not an error.
 * @throws {RpcError} (or rejects with) INVALID_ARGUMENT for a payload that is no such request, and what `atBorder` says.
 */
export type BrokerOperation = (broker: Broker, call: OperationCall) => unknown;

/** `run` with its errors turned into what may go over the wire. */
export function operation(run: BrokerOperation): BrokerOperation {
  return (broker, call) => {
    try {
      const answer = run(broker, call);
      return answer instanceof Promise ? answer.catch(throwAtBorder) : answer;
    } catch (error) {
      return throwAtBorder(error);
    }
  };
}

/** A payload that has to be raw bytes. @throws {RpcError} INVALID_ARGUMENT when another codec was used. */
export function bytesIn(payload: unknown): Buffer {
  if (Buffer.isBuffer(payload)) return payload;
  throw new RpcError('INVALID_ARGUMENT', 'the body of this operation is raw bytes');
}

function throwAtBorder(error: unknown): never {
  throw atBorder(error);
}

/** The libraries' errors as the caller gets them. `executed` says whether anything can have happened; bugs go on as they are. */
function atBorder(error: unknown): unknown {
  if (error instanceof MqProtocolError) {
    const code = error.code === 'too-large' ? 'INTERNAL' : 'INVALID_ARGUMENT';
    return new RpcError(code, error.message, { executed: code === 'INTERNAL', cause: error });
  }
  if (error instanceof StoreError) {
    // Only 'failed' leaves open whether the bytes are on the disk; every other code is a refusal before anything was done.
    if (error.code === 'failed') return new RpcError('INTERNAL', error.message, { executed: true, cause: error });
    const code = error.code === 'damaged' ? 'DATA_LOSS' : 'UNAVAILABLE';
    return new RpcError(code, error.message, { executed: false, retryable: code === 'UNAVAILABLE', cause: error });
  }
  if (error instanceof MqError) {
    return new RpcError('UNAVAILABLE', error.message, { executed: false, retryable: true, cause: error });
  }
  return error;
}
