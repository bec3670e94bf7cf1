// For the clients and for the broker's controllers: the operations.

export type { MqProtocolErrorCode } from './mq-protocol-error.js';
export { MqProtocolError } from './mq-protocol-error.js';
export type {
  AckRequest,
  CreateTopicRequest,
  ExtendRequest,
  FlushMode,
  GroupDescription,
  LeasedRun,
  NackRequest,
  ReceiptItem,
  ReceiveAnswer,
  ReceiveRequest,
  RefusalCode,
  SetOutcome,
  SettleAnswer,
  StartFrom,
  TopicDescription,
} from './operations.js';
export { MQ_ROUTES } from './operations.js';
// Raw bodies: send request, send answer, receive answer.
export {
  decodeReceiveAnswer,
  encodeReceiveAnswer,
  encodeReceiveAnswerChunks,
  RECEIVE_COUNT_MAX,
} from './receive-answer.frame.js';
// Object bodies: everything else.
export { parseReceiveRequest, VISIBILITY_MS_MAX, WAIT_MS_MAX } from './receive-request.js';
export type { Refusal } from './refusal.js';
export { isRefusal, REFUSAL_CODES } from './refusal.js';
export { decodeSendAnswer, encodeSendAnswer } from './send-answer.frame.js';
export type { SendRequest } from './send-request.frame.js';
export {
  decodeSendRequest,
  encodeSendRequest,
  encodeSendRequestChunks,
  SEND_SET_COUNT_MAX,
} from './send-request.frame.js';
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
export { parseCreateTopicRequest, parseGroupRequest, parseTopicRequest } from './topic-requests.js';
