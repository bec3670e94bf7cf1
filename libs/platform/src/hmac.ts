import { createHmac, timingSafeEqual } from 'node:crypto';

/**
 * HMAC-SHA-256 of `bytes` under `key`: 32 bytes. Pure: the same arguments give the same result everywhere, so it is a function and not an argument.
 * Source: RFC 2104.
 */
export function hmacSha256(key: Uint8Array, bytes: Uint8Array): Buffer {
  return createHmac('sha256', key).update(bytes).digest();
}

/** Compares two secrets in a time that depends on their lengths only. */
export function isSameSecret(left: Uint8Array, right: Uint8Array): boolean {
  return left.length === right.length && timingSafeEqual(left, right);
}
