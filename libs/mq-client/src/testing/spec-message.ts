import type { OutgoingMessage } from '../outgoing-message.js';

/** A small message of topic `orders`, with anything else set by the spec. */
export function specMessage(text: string, more: Partial<OutgoingMessage> = {}): OutgoingMessage {
  return { topic: 'orders', body: Buffer.from(text), bodyEncoding: 'raw', ...more };
}
