// For the clients and for the broker's controllers.
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
