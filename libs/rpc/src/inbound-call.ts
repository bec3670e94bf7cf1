/** String pairs that travel beside the payload. Keys are lower-case; at most 64 pairs and 16 KiB together. */
export type Metadata = Readonly<Record<string, string>>;

/** The other end of one connection, as a server sees it. */
export interface Peer {
  /** Unique in this process. */
  readonly id: number;
  /** Address for logs. */
  readonly remote: string;
  /** Calls `listener` once when the connection is gone (at once if it is gone already). Returns a function that forgets it. */
  onClose(listener: () => void): () => void;
}

/** One call as its handler sees it. */
export interface InboundCall {
  readonly route: string;
  /** The decoded value; a `Buffer` when the caller sent raw bytes. */
  readonly payload: unknown;
  readonly metadata: Metadata;
  readonly peer: Peer;
  /** True for an event: nobody waits for an answer. */
  readonly isOneway: boolean;
  /** Time left in ms, by the caller's deadline; Infinity if it set none. */
  remainingMs(): number;
  /** Aborted on cancel, deadline and lost connection. Made on first use: reading it costs, not reading it is free. */
  readonly signal: AbortSignal;
}
