/** Chance, as every other library sees it. `Math.random` and `node:crypto` are banned outside libs/platform. */
export interface Random {
  /** Uniform in [0, 1). */
  next(): number;
  /** Uniform integer in [0, endExclusive). `endExclusive` is in [1, 2^53 - 1]. */
  integer(endExclusive: number): number;
  /** `sizeBytes` fresh bytes. From the operating system's generator in production: fit for secrets and ids. */
  bytes(sizeBytes: number): Buffer;
}
