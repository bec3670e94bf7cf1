const TWO_POW_32 = 4294967296;

/** Writes a safe integer >= 0 as u64, big-endian. Far cheaper than `writeBigUInt64BE`, and there is no bigint to make (ADR 1). */
export function writeU64(target: Buffer, at: number, value: number): void {
  const high = Math.floor(value / TWO_POW_32);
  target.writeUInt32BE(high, at);
  target.writeUInt32BE(value - high * TWO_POW_32, at + 4);
}

/** Reads a u64, big-endian. The caller checks `Number.isSafeInteger` where the bytes are not its own. */
export function readU64(source: Buffer, at: number): number {
  return source.readUInt32BE(at) * TWO_POW_32 + source.readUInt32BE(at + 4);
}
