import type { RefusalCode, SetOutcome } from '#mq-protocol';

/** An operation that was certainly not done. */
export type Refusal = Extract<SetOutcome, { kind: 'refused' }>;

const RETRYABLE: ReadonlySet<RefusalCode> = new Set(['disk-full', 'overloaded', 'draining']);

/** A refusal; whether the same request may succeed later follows from its code. */
export function refuse(code: RefusalCode, message: string): Refusal {
  return { kind: 'refused', code, message, retryable: RETRYABLE.has(code) };
}

/** Tells a refusal from any other answer. */
export function isRefused(answer: object): answer is Refusal {
  return 'kind' in answer && answer.kind === 'refused';
}

/** The refusal for an append that the store turned down, or undefined when the outcome is unknown or the store is gone: that must be thrown on. */
export function refusalOf(error: unknown): Refusal | undefined {
  // By name and code, because the message store is an interface here: any StoreError has both.
  if (!(error instanceof Error) || !('code' in error)) return undefined;
  if (error.code === 'disk-full') return refuse('disk-full', 'the disk of the broker is full');
  if (error.code === 'overloaded') return refuse('overloaded', 'too much waits for the disk of the broker');
  if (error.code === 'bad-set') return refuse('bad-set', error.message);
  if (error.code === 'too-large') return refuse('too-large', error.message);
  return undefined;
}
