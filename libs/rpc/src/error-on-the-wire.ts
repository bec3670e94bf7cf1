import {
  type Codec,
  codecById,
  codecFor,
  type ErrorFields,
  encodeErrorFrame,
  FrameFlag,
  ProtocolError,
  readError,
} from '#protocol';
import { RPC_CODES, type RpcCode, RpcError } from './rpc-error.js';
import { thrownText } from './thrown-text.js';

/**
 * The ERROR frame for what a handler threw. An RpcError keeps its code, facts and details; of any other error the class name and the
 * message travel with code UNKNOWN, never the stack or the cause. `executed`: whether this handler was entered, whatever the error itself
 * says: it may come from a call that the handler made.
 */
export function encodeThrown(id: number, thrown: unknown, executed: boolean, codec: Codec): Buffer {
  const known = thrown instanceof RpcError ? thrown : undefined;
  const details = encodeDetails(known?.details, codec);
  const fields: ErrorFields = {
    code: RPC_CODES.indexOf(known?.code ?? 'UNKNOWN'),
    executed,
    retryable: known?.retryable ?? false,
    retryAfterMs: known?.retryAfterMs,
    isValue: known?.isValue === true && details.bytes !== undefined,
    remoteName: known?.remoteName ?? classNameOf(thrown),
    message: thrownText(thrown),
    details: details.bytes,
  };
  return encodeErrorFrame(id, fields, details.codecId);
}

/** A class that did not set `name` is known by its constructor. An RpcError is one at the other side too. */
function classNameOf(thrown: unknown): string {
  if (!(thrown instanceof Error) || thrown instanceof RpcError) return '';
  const { name } = thrown;
  return String(name === 'Error' ? thrown.constructor.name : name);
}

/** The error that an ERROR frame means. @throws {ProtocolError} 'malformed-frame' */
export function readRpcError(source: Buffer, start: number, end: number, flags: number): RpcError {
  const fields = readError(source, start, end);
  const code: RpcCode = RPC_CODES[fields.code] ?? 'UNKNOWN';
  return new RpcError(code === 'OK' ? 'UNKNOWN' : code, fields.message, {
    retryable: fields.retryable,
    executed: fields.executed,
    retryAfterMs: fields.retryAfterMs,
    remoteName: fields.remoteName === '' ? undefined : fields.remoteName,
    isValue: fields.isValue,
    details: fields.details === undefined ? undefined : decodeDetails(fields.details, flags),
  });
}

function encodeDetails(details: unknown, codec: Codec): { bytes: Uint8Array | undefined; codecId: number } {
  if (details === undefined) return { bytes: undefined, codecId: codec.id };
  const chosen = codecFor(details, codec);
  try {
    return { bytes: chosen.encode(details), codecId: chosen.id };
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    // The error itself matters more than details that cannot travel.
    return { bytes: undefined, codecId: codec.id };
  }
}

function decodeDetails(bytes: Uint8Array, flags: number): unknown {
  const buffer = Buffer.from(bytes);
  return codecById(flags & FrameFlag.codecMask).decode(buffer, 0, buffer.length);
}
