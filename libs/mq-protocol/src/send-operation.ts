/** When a send is answered. `fsync` (default): after its bytes are on the disk. Weaker modes arrive with their own names. */
export type FlushMode = 'fsync';

/** What became of one message set of a send. Offsets are those of the set's first message; the others follow it one by one. */
export type SetOutcome =
  | {
      readonly kind: 'placed';
      readonly topic: string;
      readonly queueId: number;
      readonly baseOffset: number;
      readonly storedAtMs: number;
    }
  /** Certainly not stored. `retryable`: the same set may be accepted later (back-pressure). */
  | { readonly kind: 'refused'; readonly code: RefusalCode; readonly message: string; readonly retryable: boolean };

/** Why the broker refused an operation. Closed list; see docs/ERRORS.md. */
export type RefusalCode =
  | 'unknown-topic'
  | 'unknown-queue'
  | 'unknown-group'
  | 'bad-name'
  | 'bad-set'
  | 'too-large'
  | 'disk-full'
  | 'overloaded'
  | 'draining'
  | 'topic-exists'
  | 'bad-request';
