import { invariant } from '../invariant.js';
import type { Random } from '../random.js';

/**
 * Chance that repeats: the same seed gives the same draws on every machine.
 * Source: sfc32 of Chris Doty-Humphrey's PractRand (128 bits of state); the seed text is spread over it by FNV-1a and twelve warm-up draws.
 */
export class SeededRandom implements Random {
  private a: number;
  private b: number;
  private c: number;
  private counter = 1;

  constructor(readonly seed: number | string) {
    const text = String(seed);
    this.a = hash(text, 0x811c9dc5);
    this.b = hash(text, this.a ^ 0x9e3779b9);
    this.c = hash(text, this.b ^ 0x85ebca6b);
    for (let warmUp = 0; warmUp < 12; warmUp++) this.draw32();
  }

  next(): number {
    return this.draw53() / 2 ** 53;
  }

  integer(endExclusive: number): number {
    invariant(Number.isSafeInteger(endExclusive) && endExclusive >= 1, 'the end of a random range is in [1, 2^53 - 1]');
    const limit = 2 ** 53 - (2 ** 53 % endExclusive);
    let drawn = this.draw53();
    while (drawn >= limit) drawn = this.draw53();
    return drawn % endExclusive;
  }

  bytes(sizeBytes: number): Buffer {
    const result = Buffer.allocUnsafeSlow(sizeBytes);
    for (let at = 0; at < sizeBytes; at++) result[at] = this.draw32() >>> 24;
    return result;
  }

  /** An own stream for one part of a simulation. It depends on the seed and the label only, not on how much was drawn here. */
  fork(label: string): SeededRandom {
    return new SeededRandom(`${this.seed}/${label}`);
  }

  private draw53(): number {
    const high = this.draw32() >>> 11;
    return high * 2 ** 32 + this.draw32();
  }

  private draw32(): number {
    const sum = (this.a + this.b + this.counter) | 0;
    this.counter = (this.counter + 1) | 0;
    this.a = this.b ^ (this.b >>> 9);
    this.b = (this.c + (this.c << 3)) | 0;
    this.c = (((this.c << 21) | (this.c >>> 11)) + sum) | 0;
    return sum >>> 0;
  }
}

function hash(text: string, start: number): number {
  let state = start;
  for (let at = 0; at < text.length; at++) state = Math.imul(state ^ text.charCodeAt(at), 0x01000193);
  return state;
}
