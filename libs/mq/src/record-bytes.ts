import { MqError } from './mq-error.js';
import type { OffsetRange } from './offset-ranges.js';

/** Writes the fields of state records; grows as needed. Numbers are LEB128 varints of up to 53 bits. */
export class RecordWriter {
  private bytes = Buffer.allocUnsafe(256);
  private size = 0;

  u8(value: number): void {
    this.room(1);
    this.bytes[this.size++] = value;
  }

  varint(value: number): void {
    this.room(8);
    let rest = value;
    while (rest >= 128) {
      this.bytes[this.size++] = (rest % 128) | 128;
      rest = Math.floor(rest / 128);
    }
    this.bytes[this.size++] = rest;
  }

  text(value: string): void {
    this.blob(Buffer.from(value, 'utf8'));
  }

  blob(value: Uint8Array): void {
    this.varint(value.length);
    this.room(value.length);
    this.bytes.set(value, this.size);
    this.size += value.length;
  }

  /** Ascending, disjoint ranges: count, then per range the gap to the one before and its length. */
  ranges(ranges: readonly OffsetRange[]): void {
    this.varint(ranges.length);
    let last = 0;
    for (const { from, to } of ranges) {
      this.varint(from - last);
      this.varint(to - from);
      last = to;
    }
  }

  finish(): Buffer {
    return this.bytes.subarray(0, this.size);
  }

  private room(sizeBytes: number): void {
    if (this.size + sizeBytes <= this.bytes.length) return;
    const larger = Buffer.allocUnsafe(Math.max(2 * this.bytes.length, this.size + sizeBytes));
    this.bytes.copy(larger, 0, 0, this.size);
    this.bytes = larger;
  }
}

/** Reads what `RecordWriter` wrote. @throws {MqError} 'bad-record' on anything else. */
export class RecordReader {
  private at = 0;
  constructor(private readonly bytes: Buffer) {}

  u8(): number {
    const value = this.bytes[this.at];
    if (value === undefined) throw this.bad('cut short');
    this.at += 1;
    return value;
  }

  varint(): number {
    let value = 0;
    let scale = 1;
    for (let index = 0; index < 8; index++) {
      const byte = this.u8();
      value += (byte & 127) * scale;
      if (byte < 128) {
        if (!Number.isSafeInteger(value)) break;
        return value;
      }
      scale *= 128;
    }
    throw this.bad('a number above 2^53 - 1');
  }

  text(): string {
    return this.blob().toString('utf8');
  }

  /** Shares memory with the record. */
  blob(): Buffer {
    const sizeBytes = this.varint();
    if (sizeBytes > this.bytes.length - this.at) throw this.bad('cut short');
    this.at += sizeBytes;
    return this.bytes.subarray(this.at - sizeBytes, this.at);
  }

  ranges(): OffsetRange[] {
    const count = this.varint();
    const ranges: OffsetRange[] = [];
    let last = 0;
    for (let index = 0; index < count; index++) {
      const from = last + this.varint();
      const to = from + this.varint();
      if (!Number.isSafeInteger(to) || to <= from) throw this.bad('an empty range');
      ranges.push({ from, to });
      last = to;
    }
    return ranges;
  }

  end(): void {
    if (this.at !== this.bytes.length) throw this.bad(`${this.bytes.length - this.at} bytes too many`);
  }

  bad(problem: string): MqError {
    return new MqError('bad-record', `state record: ${problem} at byte ${this.at}`);
  }
}
