import { MqProtocolError } from './mq-protocol-error.js';

const NUMBER_MAX = BigInt(Number.MAX_SAFE_INTEGER);

/** A cursor over one received body. Every read is checked against the end, so hostile bytes end in MqProtocolError 'malformed' and never in a RangeError. */
export class FrameReader {
  private at = 0;
  constructor(
    private readonly bytes: Buffer,
    private readonly what: string,
  ) {}

  /** Reads the leading version byte. @throws {MqProtocolError} 'unsupported-version' when it is not `version`. */
  version(version: number): void {
    const found = this.u8();
    if (found !== version) {
      throw new MqProtocolError('unsupported-version', `${this.what} of version ${found}, this side reads ${version}`);
    }
  }

  u8(): number {
    return this.bytes.readUInt8(this.step(1));
  }

  u16(): number {
    return this.bytes.readUInt16BE(this.step(2));
  }

  u32(): number {
    return this.bytes.readUInt32BE(this.step(4));
  }

  /** A u64 that must be a safe integer. */
  u64(): number {
    const value = this.bytes.readBigUInt64BE(this.step(8));
    if (value > NUMBER_MAX) throw this.malformed('a number above 2^53 - 1');
    return Number(value);
  }

  /** The next `sizeBytes` bytes, not copied. */
  take(sizeBytes: number): Buffer {
    const from = this.step(sizeBytes);
    return this.bytes.subarray(from, from + sizeBytes);
  }

  text(sizeBytes: number): string {
    return this.take(sizeBytes).toString('utf8');
  }

  /** Refuses a count before anything is allocated for it: each item takes at least `itemBytes` of what is left. */
  checkCount(count: number, itemBytes: number): void {
    if (count * itemBytes > this.bytes.length - this.at)
      throw this.malformed(`a count of ${count} items that cannot be there`);
  }

  /** @throws {MqProtocolError} 'malformed' when bytes are left over. */
  end(): void {
    if (this.at !== this.bytes.length) throw this.malformed(`${this.bytes.length - this.at} bytes too many`);
  }

  malformed(problem: string): MqProtocolError {
    return new MqProtocolError('malformed', `${this.what}: ${problem} at byte ${this.at}`);
  }

  private step(sizeBytes: number): number {
    const from = this.at;
    if (sizeBytes > this.bytes.length - from) throw this.malformed(`cut short, ${sizeBytes} bytes expected`);
    this.at = from + sizeBytes;
    return from;
  }
}
