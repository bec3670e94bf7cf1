import type { RefusalCode, SetOutcome } from './send-operation.js';

/** Every refusal code; its place in this list is its number on the wire, so new codes are added at the end. */
export const REFUSAL_CODES: readonly RefusalCode[] = [
  'unknown-topic',
  'unknown-queue',
  'unknown-group',
  'bad-name',
  'bad-set',
  'too-large',
  'disk-full',
  'overloaded',
  'draining',
  'topic-exists',
  'bad-request',
];

/** An operation that was not done, and certainly not in part. `retryable`: the same request may be accepted later. */
export type Refusal = Extract<SetOutcome, { kind: 'refused' }>;

/** Tells a refusal from any other answer of an operation. */
export function isRefusal(answer: object): answer is Refusal {
  return 'kind' in answer && answer.kind === 'refused';
}
