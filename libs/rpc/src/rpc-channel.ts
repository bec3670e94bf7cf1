import type { AnswerSink } from './answer.js';
import type { Metadata } from './inbound-call.js';

/** How values become bytes. `raw` takes and gives Buffers only. */
export type CodecName = 'raw' | 'json' | 'msgpack';

/** What one call may set. Absent fields fall to the channel's options, then to the defaults (deadline 5 s). */
export interface CallOptions {
  /** Whole time for the call, retries included; Infinity = none (must be asked for). */
  readonly timeoutMs?: number | undefined;
  readonly metadata?: Metadata | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly codec?: CodecName | undefined;
  /** True: doing it twice is the same as doing it once, so a call whose connection broke is sent again, elsewhere if possible. Default false. */
  readonly isIdempotent?: boolean | undefined;
}

/** Where a channel stands. `disconnected` = it was connected and tries again in the background. */
export type ChannelStatus = 'idle' | 'connecting' | 'connected' | 'disconnected' | 'closed';

/** The calling side: to one address, or to all instances of a service. Connects on first use, reconnects by itself with jittered backoff. */
export interface RpcChannel {
  readonly status: ChannelStatus;
  onStatus(listener: (status: ChannelStatus) => void): () => void;
  /** Resolves once at least one connection stands. A failure is not remembered. @throws {RpcError} UNAVAILABLE */
  connect(): Promise<void>;
  /** One value in, one value out (undefined if the handler completes without one). @throws {RpcError} */
  call(route: string, payload: unknown, options?: CallOptions): Promise<unknown>;
  /** Any number of values out, into `sink`. Returns the cancel function (idempotent; sends CANCEL if the call runs). Never throws: errors go to the sink. */
  open(route: string, payload: unknown, sink: AnswerSink, options?: CallOptions): () => void;
  /** Sends an event; resolves when it was handed to the connection, rejects if it certainly was not. */
  oneway(route: string, payload: unknown, options?: CallOptions): Promise<void>;
  /** Fails what is pending with UNAVAILABLE and closes. A later call connects again. */
  close(): Promise<void>;
}
