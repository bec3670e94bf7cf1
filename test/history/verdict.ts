/** The statements of reference/reliability.md C3 that version 0.1 can be judged by. */
export type Invariant =
  | 'I1 no acked loss'
  | 'I2 no phantom'
  | 'I3 no delivery of a failed send'
  | 'I4 one value per offset'
  | 'I5 producer order'
  | 'I6 duplicates explained'
  | 'I8 progress never goes back'
  | 'I15 drained'
  | 'I16 not vacuous';

/** One violation, with what a reader needs to find it in the histories. */
export interface Violation {
  readonly invariant: Invariant;
  readonly message: string;
}

/** What the histories prove. `unknown`: nothing was violated, but too little happened to say `pass`. */
export interface Verdict {
  readonly status: 'pass' | 'fail' | 'unknown';
  /** Per invariant how often it was violated, and the first few in words. */
  readonly findings: Readonly<
    Partial<Record<Invariant, { readonly count: number; readonly first: readonly string[] }>>
  >;
  readonly counts: RunCounts;
}

/** What happened in the run, in messages unless named otherwise. */
export interface RunCounts {
  readonly events: number;
  readonly sendsOk: number;
  readonly sendsFailed: number;
  readonly sendsUnknown: number;
  /** Unknown sends that were delivered all the same. */
  readonly sendsRecovered: number;
  /** Per group: distinct messages delivered. */
  readonly delivered: Readonly<Record<string, number>>;
  /** Per group: leases beyond the first of a message, by explanation. */
  readonly duplicates: Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** Acknowledged messages that a group never got, split by where in their queue they are missing. */
  readonly lost: { readonly prefix: number; readonly middle: number; readonly postfix: number };
  /** Per fault: how often it fired. */
  readonly faults: Readonly<Record<string, number>>;
  /** Broker deaths with at least one send in flight. */
  readonly killsInFlight: number;
}
