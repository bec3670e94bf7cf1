import { MessageSetError } from './message-set-error.js';

/** Up to this length a loop over the characters beats the call into native code. Most tags, keys and ids are shorter. */
const LOOP_LENGTH_MAX = 48;

/** UTF-8 bytes of `text`. @throws {MessageSetError} 'too-large' above `bytesMax`, naming `field`. */
export function textBytes(text: string, bytesMax: number, field: string): number {
  const bytes = isShortAscii(text) ? text.length : Buffer.byteLength(text, 'utf8');
  if (bytes > bytesMax) throw new MessageSetError('too-large', `${field} has ${bytes} bytes, the limit is ${bytesMax}`);
  return bytes;
}

/** Writes `text` as UTF-8; returns the position after it. There must be room. */
export function writeText(target: Buffer, at: number, text: string): number {
  const length = text.length;
  if (length > LOOP_LENGTH_MAX) return at + target.write(text, at, 'utf8');
  for (let i = 0; i < length; i++) {
    const code = text.charCodeAt(i);
    if (code >= 0x80) return at + target.write(text, at, 'utf8');
    target[at + i] = code;
  }
  return at + length;
}

function isShortAscii(text: string): boolean {
  const length = text.length;
  if (length > LOOP_LENGTH_MAX) return false;
  for (let i = 0; i < length; i++) if (text.charCodeAt(i) >= 0x80) return false;
  return true;
}
