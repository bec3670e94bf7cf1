import { parseCreateTopicRequest, parseGroupRequest, parseTopicRequest } from '#mq-protocol';
import { operation } from './operation.js';

/** Makes a topic; answers with its description once that is durable. */
export const createTopic = operation((broker, call) =>
  broker.messages.createTopic(parseCreateTopicRequest(call.payload)),
);

/** Answers with a topic's queues and their offsets. */
export const describeTopic = operation((broker, call) =>
  broker.messages.describeTopic(parseTopicRequest(call.payload).topic),
);

/** Answers with the names of all topics. */
export const listTopics = operation((broker) => broker.messages.listTopics());

/** Answers with a group's progress on a topic. */
export const describeGroup = operation((broker, call) => {
  const { group, topic } = parseGroupRequest(call.payload);
  return broker.messages.describeGroup(group, topic);
});

/** Answers with all groups and the topics they read. */
export const listGroups = operation((broker) => broker.messages.listGroups());
