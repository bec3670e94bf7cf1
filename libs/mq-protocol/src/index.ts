// For the clients and for the broker's controllers: the operations.

export type { MqProtocolErrorCode } from './mq-protocol-error.js';
export { MqProtocolError } from './mq-protocol-error.js';
// Raw bodies: send request, send answer, receive answer.
export {
  decodeReceiveAnswer,
  encodeReceiveAnswer,
  encodeReceiveAnswerChunks,
  RECEIVE_COUNT_MAX,
} from './receive-answer.frame.js';
export type { LeasedRun, ReceiveAnswer, ReceiveRequest, StartFrom } from './receive-operation.js';
// Object bodies: everything else.
export { parseReceiveRequest, VISIBILITY_MS_MAX, WAIT_MS_MAX } from './receive-request.js';
export type { Refusal } from './refusal.js';
export { isRefusal, REFUSAL_CODES } from './refusal.js';
export { MQ_ROUTES } from './routes.js';
export { decodeSendAnswer, encodeSendAnswer } from './send-answer.frame.js';
export type { FlushMode, RefusalCode, SetOutcome } from './send-operation.js';
export type { SendRequest } from './send-request.frame.js';
export {
  decodeSendRequest,
  encodeSendRequest,
  encodeSendRequestChunks,
  SEND_SET_COUNT_MAX,
} from './send-request.frame.js';
export type { AckRequest, ExtendRequest, NackRequest, ReceiptItem, SettleAnswer } from './settle-operations.js';
export type { SettleBody } from './settle-requests.js';
export {
  parseAckRequest,
  parseExtendRequest,
  parseNackRequest,
  parseSettleAnswer,
  settleBody,
} from './settle-requests.js';
export {
  parseGroupDescription,
  parseGroupList,
  parseRefusal,
  parseTopicDescription,
  parseTopicList,
} from './topic-answers.js';
export type { CreateTopicRequest, GroupDescription, TopicDescription } from './topic-operations.js';
export { parseCreateTopicRequest, parseGroupRequest, parseTopicRequest } from './topic-requests.js';
