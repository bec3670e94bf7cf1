import type { Lease } from './lease.js';

/** The leases of one receive attempt: what a repeat of the attempt gets again. */
export interface Attempt {
  readonly leases: readonly Lease[];
}

/** Leases by receipt and by receive attempt. Volatile: after a restart receipts are checked by their code, and attempts are forgotten. */
export class LeaseTable {
  private readonly byReceipt = new Map<string, Lease>();
  private readonly attempts = new Map<string, Attempt>();
  private readonly attemptKeys = new Map<Lease, string>();
  private lastNumber = 0;

  constructor(private readonly attemptCountMax: number) {}

  get count(): number {
    return this.byReceipt.size;
  }

  nextNumber(): number {
    this.lastNumber += 1;
    return this.lastNumber;
  }

  /** The lease that `receipt` names, while it has messages that are neither settled nor given back. */
  find(receipt: string): Lease | undefined {
    return this.byReceipt.get(receipt);
  }

  /** Adds what an attempt got. When too many are remembered, the oldest attempt is forgotten; its leases live on. */
  add(attemptKey: string, leases: readonly Lease[]): void {
    // Out first: an attempt that is served anew is the youngest, and a map would keep its old place.
    this.attempts.delete(attemptKey);
    this.attempts.set(attemptKey, { leases });
    for (const lease of leases) {
      this.byReceipt.set(lease.receipt, lease);
      this.attemptKeys.set(lease, attemptKey);
    }
    if (this.attempts.size <= this.attemptCountMax) return;
    for (const oldest of this.attempts.keys()) {
      this.attempts.delete(oldest);
      return;
    }
  }

  attempt(attemptKey: string): Attempt | undefined {
    return this.attempts.get(attemptKey);
  }

  /** Forgets a lease that is over. Its attempt is forgotten with the last of its leases. */
  remove(lease: Lease): void {
    this.byReceipt.delete(lease.receipt);
    const key = this.attemptKeys.get(lease);
    this.attemptKeys.delete(lease);
    if (key === undefined) return;
    const attempt = this.attempts.get(key);
    if (attempt?.leases.every((each) => !this.attemptKeys.has(each))) this.attempts.delete(key);
  }
}
