/** Values to bytes and back. Both directions are synchronous and never keep what they are given. */
export interface Codec {
  readonly name: string;
  /** The number in the flags of a frame. */
  readonly id: number;
  /** @throws {ProtocolError} 'unencodable', or 'wrong-codec' from raw. The bytes may be reused by the next call. */
  encode(value: unknown): Uint8Array;
  /** Decodes `source` from `start` to `end`. @throws {ProtocolError} 'undecodable' */
  decode(source: Buffer, start: number, end: number): unknown;
}
