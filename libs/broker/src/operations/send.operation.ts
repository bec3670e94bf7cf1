import { decodeSendRequest, encodeSendAnswer } from '#mq-protocol';
import { bytesIn, operation } from './operation.js';

/** Stores message sets; answers what became of each, after its bytes are on the disk. Body and answer are raw bytes. */
export const sendMessages = operation(async (broker, call) => {
  const { sets } = decodeSendRequest(bytesIn(call.payload));
  return encodeSendAnswer(await broker.messages.send(sets));
});
