/** What a run promised to do, so that a verdict cannot pass on nothing. */
export interface Expectations {
  /** Groups that read `topic` from its beginning for the whole run: each must get every acknowledged message. */
  readonly groups: readonly { readonly group: string; readonly topic: string }[];
  /** How long a lease lives without extension, in ms, less what an answer may be under way. */
  readonly leaseMs: number;
  /** Fewer acknowledged sends prove nothing. */
  readonly sendsOkMin: number;
  /** Smallest share of sends that must have ended ok, in [0, 1]. */
  readonly okShareMin: number;
  /** How often each fault was planned: every one of them must have fired. */
  readonly plannedFaults: Readonly<Record<string, number>>;
  /** How many of the broker's kills must have met at least one send in flight. */
  readonly killsInFlightMin: number;
  /**
   * `sequence`: one producer's messages stand in a queue in the order sent. `completed`: only if the earlier was answered before the later began
   * (messages in flight together may pass each other). `by-key`: as `completed`, and in the order sent among those with the same ordering key.
   */
  readonly order: 'sequence' | 'completed' | 'by-key';
  /** Most messages that one group can have in flight; bounds the duplicates that one event explains. */
  readonly inFlightCountMax: number;
}

/** Faults after which leases are gone and unanswered sends unknown. */
export const BROKER_DEATHS: ReadonlySet<string> = new Set(['broker-kill', 'power-cut', 'broker-stop']);

/** Faults after which a consumer's messages come back when their lease ends. */
export const CONSUMER_DEATHS: ReadonlySet<string> = new Set(['consumer-kill', 'consumer-stop']);
