import { crc32 } from 'node:zlib';

/** What a payload says about itself. */
export interface Proof {
  readonly producer: string;
  /** Counts the producer's messages from 0. */
  readonly seq: number;
  readonly key: string;
  /** Makes payloads of different runs differ, so that a message of an old data directory is a phantom. */
  readonly nonce: string;
}

const CRC_CHARS = 8;

/**
 * A body that proves itself when it is delivered: `{"producer":…,"seq":…,"key":…,"nonce":…}` + newline + filler + CRC-32 in 8 hex digits.
 * At least `sizeBytes` long.
 */
export function proofPayload(proof: Proof, sizeBytes = 0): Buffer {
  const { producer, seq, key, nonce } = proof;
  const head = `${JSON.stringify({ producer, seq, key, nonce })}\n`;
  const filler = String.fromCharCode(97 + (seq % 26)).repeat(Math.max(0, sizeBytes - head.length - CRC_CHARS));
  const content = Buffer.from(head + filler);
  return Buffer.concat([content, Buffer.from(crc32(content).toString(16).padStart(CRC_CHARS, '0'))]);
}

/** The proof in a delivered body, or undefined if the bytes are not exactly what a sender made. */
export function readProof(body: Buffer): (Proof & { readonly crc: number }) | undefined {
  const content = body.subarray(0, Math.max(0, body.length - CRC_CHARS));
  const crc = crc32(content);
  if (body.toString('latin1', content.length) !== crc.toString(16).padStart(CRC_CHARS, '0')) return undefined;
  const head = content.subarray(0, Math.max(0, content.indexOf(0x0a))).toString('utf8');
  try {
    const proof = JSON.parse(head) as Proof; // The CRC says that proofPayload wrote it.
    return { ...proof, crc: payloadCrc(body) };
  } catch {
    return undefined;
  }
}

/** CRC-32 of a whole body, as histories carry it. */
export function payloadCrc(body: Uint8Array): number {
  return crc32(body);
}

/** The name of a message in histories. */
export function proofId(proof: Pick<Proof, 'producer' | 'seq'>): string {
  return `${proof.producer}:${proof.seq}`;
}
