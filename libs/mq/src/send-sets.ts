import { checkMessageSet, type MessageSetView, messageMetas, viewMessageSet } from '#message-set';
import type { SetOutcome } from '#mq-protocol';
import type { BrokerCore } from './broker-core.js';
import { isRefused, type Refusal, refusalOf, refuse } from './refusals.js';
import { ensureTopic } from './topics.js';

interface Accepted {
  readonly index: number;
  readonly view: MessageSetView;
}

/**
 * Stores message sets: one outcome per set, same order, once all of them are durable. The sets that are accepted make one entry of the log.
 * The buffers belong to the broker until then.
 * @throws {StoreError} 'failed', 'closed': the outcome is unknown, or the store is gone.
 */
export async function sendSets(core: BrokerCore, sets: readonly Buffer[]): Promise<SetOutcome[]> {
  if (core.phase !== 'serving') return sets.map(() => refuse('draining', 'the broker is closing'));
  let sizeBytes = 0;
  for (const set of sets) sizeBytes += set.length;
  if (core.pendingSendBytes + sizeBytes > core.options.pendingSendBytesMax) {
    return sets.map(() => refuse('overloaded', `${core.pendingSendBytes} bytes wait for the disk already`));
  }
  // Counted before the first wait, so that the bound holds for sends that race.
  core.pendingSendBytes += sizeBytes;
  try {
    return await placeSets(core, sets);
  } finally {
    core.pendingSendBytes -= sizeBytes;
  }
}

async function placeSets(core: BrokerCore, sets: readonly Buffer[]): Promise<SetOutcome[]> {
  const views = sets.map((set) => checkedView(core, set));
  const unknown = new Set<string>();
  for (const view of views) {
    if (!isRefused(view) && !core.state.current.topics.has(view.topic)) unknown.add(view.topic);
  }
  // Without an unknown topic nothing waits before the append: sends enter the log in the order in which they came.
  const refusals = unknown.size === 0 ? new Map<string, Refusal>() : await createTopics(core, unknown);
  const outcomes: SetOutcome[] = [];
  const accepted: Accepted[] = [];
  for (const [index, view] of views.entries()) {
    const refusal = isRefused(view) ? view : (refusals.get(view.topic) ?? refusedQueue(core, view));
    if (refusal !== undefined) outcomes[index] = refusal;
    else if (!isRefused(view)) accepted.push({ index, view });
  }
  if (accepted.length > 0) await append(core, accepted, outcomes);
  return outcomes;
}

async function append(core: BrokerCore, accepted: readonly Accepted[], outcomes: SetOutcome[]): Promise<void> {
  try {
    const appended = core.store.append(accepted.map(({ view }) => view.bytes));
    await appended.durable;
    for (const [place, { index, view }] of accepted.entries()) {
      const { topic, queueId } = view;
      const baseOffset = appended.baseOffsets[place] ?? -1;
      outcomes[index] = { kind: 'placed', topic, queueId, baseOffset, storedAtMs: appended.storedAtMs };
    }
  } catch (error) {
    const refusal = refusalOf(error);
    if (refusal === undefined) throw error;
    for (const { index } of accepted) outcomes[index] = refusal;
  }
}

async function createTopics(core: BrokerCore, topics: ReadonlySet<string>): Promise<Map<string, Refusal>> {
  const { autoCreateTopics, defaultQueueCount } = core.options;
  const names = [...topics];
  const made = await Promise.all(
    names.map((topic) => ensureTopic(core, topic, autoCreateTopics ? defaultQueueCount : undefined)),
  );
  const refusals = new Map<string, Refusal>();
  for (const [index, topic] of made.entries()) if (isRefused(topic)) refusals.set(names[index] ?? '', topic);
  return refusals;
}

/** The set's view if its bytes may enter the log. Everything is checked here, once, because they come from anybody. */
function checkedView(core: BrokerCore, set: Buffer): MessageSetView | Refusal {
  const { setBytesMax, messageBytesMax } = core.options;
  if (set.length > setBytesMax) return refuse('too-large', `a set of ${set.length} bytes, ${setBytesMax} are allowed`);
  const check = checkMessageSet(set);
  if (check.kind === 'problem') return refuse('bad-set', `${check.code}: ${check.detail}`);
  if (check.sizeBytes !== set.length) return refuse('bad-set', `${set.length - check.sizeBytes} bytes after the set`);
  const view = viewMessageSet(set);
  // A control set from outside would be obeyed as a record of this broker.
  if (view.kind !== 'messages') return refuse('bad-set', `a set of kind ${view.kind} cannot be sent`);
  return refusedSize(view, messageBytesMax) ?? view;
}

function refusedQueue(core: BrokerCore, { topic, queueId }: MessageSetView): Refusal | undefined {
  const queueCount = core.state.current.topics.get(topic)?.queueCount ?? 0;
  if (queueId < queueCount) return undefined;
  return refuse('unknown-queue', `${topic} has ${queueCount} queues, there is no queue ${queueId}`);
}

function refusedSize(view: MessageSetView, messageBytesMax: number): Refusal | undefined {
  if (view.end - view.at <= messageBytesMax) return undefined;
  for (const meta of messageMetas(view)) {
    if (meta.bodyBytes > messageBytesMax) {
      return refuse('too-large', `a message of ${meta.bodyBytes} bytes, ${messageBytesMax} are allowed`);
    }
  }
  return undefined;
}
