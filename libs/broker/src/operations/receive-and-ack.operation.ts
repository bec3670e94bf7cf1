import {
  encodeReceiveAnswer,
  parseAckRequest,
  parseExtendRequest,
  parseNackRequest,
  parseReceiveRequest,
} from '#mq-protocol';
import { operation } from './operation.js';

/** Leases messages, waiting for a first one if asked to; the wait ends with the call. The answer is raw bytes. */
export const receiveMessages = operation(async (broker, call) => {
  const request = parseReceiveRequest(call.payload);
  return encodeReceiveAnswer(await broker.messages.receive(request, call.signal));
});

/** Settles leased messages as done. */
export const ackMessages = operation((broker, call) => broker.messages.ack(parseAckRequest(call.payload)));

/** Gives leased messages back. */
export const nackMessages = operation((broker, call) => broker.messages.nack(parseNackRequest(call.payload)));

/** Keeps leased messages invisible for longer. */
export const extendLease = operation((broker, call) => broker.messages.extend(parseExtendRequest(call.payload)));
