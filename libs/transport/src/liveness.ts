import type { TransportOptions } from './transport.options.js';

/** What is known of one connection's progress. All times are monotonic ms; -1 = not now. */
export interface LivenessFacts {
  /** When the last byte came. */
  readonly lastByteMs: number;
  /** When a ping was sent that no byte has followed. */
  readonly pingedMs: number;
  /** Since when a frame is incomplete. */
  readonly halfFrameMs: number;
  /** Since when the peer takes no byte although some wait. */
  readonly stalledMs: number;
}

/** What is to be done about a connection. */
export type LivenessVerdict = 'fine' | 'ping' | 'peer-silent' | 'half-frame' | 'slow-reader';

/** Judges a connection at `nowMs`. A ping is only ever due when nothing at all was received, so a busy connection sends none. */
export function judgeLiveness(
  facts: LivenessFacts,
  nowMs: number,
  limits: Pick<TransportOptions, 'heartbeatMs' | 'heartbeatDeadMs' | 'halfFrameTimeoutMs' | 'stallTimeoutMs'>,
): LivenessVerdict {
  if (facts.pingedMs !== -1 && nowMs - facts.pingedMs >= limits.heartbeatDeadMs) return 'peer-silent';
  if (facts.halfFrameMs !== -1 && nowMs - facts.halfFrameMs >= limits.halfFrameTimeoutMs) return 'half-frame';
  if (facts.stalledMs !== -1 && nowMs - facts.stalledMs >= limits.stallTimeoutMs) return 'slow-reader';
  if (facts.pingedMs === -1 && nowMs - facts.lastByteMs >= limits.heartbeatMs) return 'ping';
  return 'fine';
}
