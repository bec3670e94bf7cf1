/** What a client, or the one who injects faults, did. */
export type HistoryOp =
  /** A producer sent a message: invoke, then ok (placed), fail (certainly not stored) or info (nobody knows). */
  | 'send'
  /** A message arrived at a consumer with a new lease; written when the answer is read, before any handler. Phase ok. */
  | 'receive'
  /** A handler was entered with the message. Phase ok. */
  | 'deliver'
  /** A consumer settled a message: invoke, then ok (settled), fail (stale lease) or info. */
  | 'ack'
  | 'nack'
  /** A group's floor of a queue as the broker told it, in `offset`. Phase ok. */
  | 'progress'
  /** The injector did something; `fault` names it. invoke = about to, ok = done. */
  | 'fault'
  /** A group has nothing left to receive. Phase ok. */
  | 'drain';

/** invoke = begins; ok = certainly done; fail = certainly not done; info = unknown (a timeout is always this). */
export type HistoryPhase = 'invoke' | 'ok' | 'fail' | 'info';

/** One line of a history. Histories are written by clients and injectors, never by the broker that they judge. */
export interface HistoryEvent {
  /** The machine's monotonic clock in ms: the same clock for all processes of one machine, so that their histories merge. */
  readonly tMonoMs: number;
  /** Wall clock in ms since the Unix epoch. For readers; never subtracted. */
  readonly tWallMs: number;
  /** Who wrote it: `producer-1`. */
  readonly proc: string;
  readonly op: HistoryOp;
  readonly phase: HistoryPhase;
  /** `producer:seq` of the message, as its payload proves it. Absent on a delivery whose payload proves nothing. */
  readonly id?: string;
  /** CRC of the payload: equal at the sender and at every receiver. */
  readonly crc?: number;
  readonly topic?: string;
  readonly queueId?: number;
  readonly key?: string;
  readonly offset?: number;
  readonly group?: string;
  readonly receipt?: string;
  /** 1 = first delivery to the group, as the broker counts. */
  readonly attempt?: number;
  /** Name of a fault: `broker-kill`, `broker-start`, `consumer-kill`. */
  readonly fault?: string;
  readonly err?: string;
}

/** What of an event its writer supplies; the writer adds clock and name. */
export type HistoryEntry = Omit<HistoryEvent, 'tMonoMs' | 'tWallMs' | 'proc'>;
