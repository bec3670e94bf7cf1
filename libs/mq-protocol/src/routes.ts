/** Routes of the broker's remote operations, one per concern. The controllers of apps/broker and the clients share this list. */
export const MQ_ROUTES = {
  send: 'mq.send',
  receive: 'mq.receive',
  ack: 'mq.ack',
  nack: 'mq.nack',
  extend: 'mq.extend',
  createTopic: 'mq.topic.create',
  describeTopic: 'mq.topic.describe',
  listTopics: 'mq.topic.list',
  describeGroup: 'mq.group.describe',
  listGroups: 'mq.group.list',
} as const;
