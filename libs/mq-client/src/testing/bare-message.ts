/** A received message with nothing in it; a spec adds its offset. */
export const BARE_MESSAGE = {
  messageId: '0'.repeat(32),
  topic: 'orders',
  tag: undefined,
  keys: [],
  orderingKey: undefined,
  queueId: 0,
  deliveryAttempt: 1,
  bornAtMs: 0,
  storedAtMs: 0,
  headers: {},
  traceparent: undefined,
  body: Buffer.alloc(0),
  bodyEncoding: 'raw',
} as const;
