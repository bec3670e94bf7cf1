import type { CreateTopicRequest, GroupDescription, ReceiveRequest, TopicDescription } from '#mq-protocol';
import type { BrokerCore } from './broker-core.js';
import { type GroupState, groupKey, type TopicState } from './broker-state.js';
import { GroupDelivery } from './group-delivery.js';
import { holdBackFailures } from './hold-back.js';
import { refusedName } from './names.js';
import { RECEIPT_KEY_BYTES } from './receipt.js';
import { isRefused, type Refusal, refusalOf, refuse } from './refusals.js';

/** Makes a topic. One that exists with the same queues is described, so that a repeat is harmless; with others it is refused as 'topic-exists'. */
export async function createTopic(core: BrokerCore, request: CreateTopicRequest): Promise<TopicDescription | Refusal> {
  const { queueCountMax } = core.options;
  const { queueCount } = request;
  if (!Number.isInteger(queueCount) || queueCount < 1 || queueCount > queueCountMax) {
    return refuse('bad-request', `a topic has 1 to ${queueCountMax} queues, not ${queueCount}`);
  }
  const made = await ensureTopic(core, request.topic, queueCount);
  if (isRefused(made)) return made;
  if (made.queueCount !== queueCount) return refuse('topic-exists', `${made.topic} has ${made.queueCount} queues`);
  return describe(core, made);
}

/** Topic by name, made with `queueCount` queues if it is missing (undefined: refused). Requests that race make it once. */
export async function ensureTopic(
  core: BrokerCore,
  topic: string,
  queueCount: number | undefined,
): Promise<TopicState | Refusal> {
  const known = core.state.current.topics.get(topic);
  if (known !== undefined) return known;
  const refused = refusedTopic(core, topic, queueCount !== undefined);
  if (refused !== undefined || queueCount === undefined) return refused ?? refuse('unknown-topic', topic);
  const failure = await createOnce(core, `topic ${topic}`, () =>
    core.log.append({ kind: 'topic-created', topic, queueCount }),
  );
  return failure ?? core.state.current.topics.get(topic) ?? refuse('unknown-topic', `there is no topic ${topic}`);
}

/** The queues' progress for a receive; a group's first receive on a topic pins, durably, where it starts. */
export async function ensureGroup(core: BrokerCore, request: ReceiveRequest): Promise<GroupDelivery | Refusal> {
  const key = groupKey(request.group, request.topic);
  const known = groupDelivery(core, key);
  if (known !== undefined) return known;
  const badName = refusedName('group', request.group);
  if (badName !== undefined) return badName;
  const { autoCreateTopics, defaultQueueCount, groupCountMax } = core.options;
  const topic = await ensureTopic(core, request.topic, autoCreateTopics ? defaultQueueCount : undefined);
  if (isRefused(topic)) return topic;
  if (core.state.current.groups.size + core.creations.size >= groupCountMax) {
    return refuse('overloaded', `there are ${groupCountMax} groups already`);
  }
  const failure = await createOnce(core, `group ${key}`, () => appendGroup(core, request, topic));
  return failure ?? groupDelivery(core, key) ?? refuse('unknown-group', `there is no group ${request.group}`);
}

/** A topic with its queues' readable offsets. */
export function describeTopic(core: BrokerCore, topic: string): TopicDescription | Refusal {
  const known = core.state.current.topics.get(topic);
  return known === undefined ? refuse('unknown-topic', `there is no topic ${topic}`) : describe(core, known);
}

/** A group's confirmed progress on a topic, and what is leased now. */
export function describeGroup(core: BrokerCore, group: string, topic: string): GroupDescription | Refusal {
  const state = core.state.current.groups.get(groupKey(group, topic));
  if (state === undefined) return refuse('unknown-group', `group ${group} has not read topic ${topic}`);
  const delivery = core.deliveries.get(groupKey(group, topic));
  const queues = state.queues.map((progress, queueId) => {
    const { endOffset } = core.store.queueRange(topic, queueId);
    const lagCount = Math.max(0, endOffset - progress.floor - progress.settled.count);
    const inFlightCount = delivery?.queues[queueId]?.leasedCount ?? 0;
    return { queueId, floorOffset: progress.floor, endOffset, inFlightCount, lagCount };
  });
  return { group, topic, queues };
}

function refusedTopic(core: BrokerCore, topic: string, mayCreate: boolean): Refusal | undefined {
  const badName = refusedName('topic', topic);
  if (badName !== undefined) return badName;
  if (!mayCreate) return refuse('unknown-topic', `there is no topic ${topic}, and topics are not made by themselves`);
  if (core.state.current.topics.size + core.creations.size < core.options.topicCountMax) return undefined;
  return refuse('overloaded', `there are ${core.options.topicCountMax} topics already`);
}

async function createOnce(core: BrokerCore, key: string, append: () => Promise<void>): Promise<Refusal | undefined> {
  let creation = core.creations.get(key);
  if (creation === undefined) {
    creation = append().finally(() => core.creations.delete(key));
    core.creations.set(key, creation);
  }
  try {
    await creation;
    return undefined;
  } catch (error) {
    const refusal = refusalOf(error);
    if (refusal === undefined) throw error;
    return refusal;
  }
}

function appendGroup(core: BrokerCore, request: ReceiveRequest, topic: TopicState): Promise<void> {
  const { group, startFrom } = request;
  const startOffsets: number[] = [];
  for (let queueId = 0; queueId < topic.queueCount; queueId++) {
    const range = core.store.queueRange(topic.topic, queueId);
    startOffsets.push(startFrom === 'earliest' ? range.startOffset : range.endOffset);
  }
  // The key goes first into the same entry or an earlier one: whoever sees the group sees the key of its receipts.
  if (core.state.current.receiptKey === undefined) {
    const key = core.random.bytes(RECEIPT_KEY_BYTES);
    core.log.append({ kind: 'receipt-key', key }).catch(() => {}); // The group's own record fails with it.
  }
  return core.log.append({ kind: 'group-created', group, topic: topic.topic, startFrom, startOffsets });
}

/** The delivery of a group that exists, made on first use; undefined if the group does not exist. */
export function groupDelivery(core: BrokerCore, key: string): GroupDelivery | undefined {
  const known = core.deliveries.get(key);
  if (known !== undefined) return known;
  const state: GroupState | undefined = core.state.current.groups.get(key);
  if (state === undefined) return undefined;
  const delivery = new GroupDelivery(state, core.store, core.options.windowOffsetCount);
  core.deliveries.set(key, delivery);
  holdBackFailures(core, delivery);
  return delivery;
}

function describe(core: BrokerCore, { topic, queueCount }: TopicState): TopicDescription {
  const queues: { queueId: number; startOffset: number; endOffset: number }[] = [];
  for (let queueId = 0; queueId < queueCount; queueId++) {
    queues.push({ queueId, ...core.store.queueRange(topic, queueId) });
  }
  return { topic, queueCount, queues };
}
