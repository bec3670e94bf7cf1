/** What a process of the demo tells the process that started it. */
export type ChildMessage =
  | { readonly kind: 'ready'; readonly port?: number }
  /** Messages handled so far; for the progress bar only, the verdict comes from the histories. */
  | { readonly kind: 'handled'; readonly count: number };

/** What the demo tells one of its processes. */
export interface ParentMessage {
  readonly kind: 'kill-while-sending';
  /** Process id of the broker. */
  readonly pid: number;
}

/** Tells the parent that this process serves; nothing happens when there is no parent that listens. */
export function announceReady(port?: number): void {
  send(port === undefined ? { kind: 'ready' } : { kind: 'ready', port });
}

/** Tells the parent how many messages were handled. */
export function announceHandled(count: number): void {
  send({ kind: 'handled', count });
}

function send(message: ChildMessage): void {
  if (process.connected) process.send?.(message, () => undefined);
}
