/**
 * How the broker process ends. Above 64 they are those of `sysexits.h`, so that a supervisor can tell a mistake in the options
 * (do not restart) from a condition that may pass (restart later). Listed in docs/guide/broker.md.
 */
export const EXIT = {
  /** Stopped as asked; nothing was in flight any more, or the drain's time was up. */
  ok: 0,
  /** The data directory is damaged; a restart will not help. */
  damaged: 65,
  /** A bug, or the store failed: a write or a sync did not succeed. What was acknowledged is safe; a restart recovers. */
  failed: 70,
  /** The data directory is held by another process. */
  directoryInUse: 75,
  /** The address cannot be listened on: in use, or not one of this machine's. */
  addressInUse: 76,
  /** The operating system refuses the data directory or the port to this user. */
  denied: 77,
  /** The options cannot be used; all problems were printed. */
  badOptions: 78,
} as const;
