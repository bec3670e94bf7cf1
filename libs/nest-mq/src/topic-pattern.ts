import { isTopicName } from '#message-set';
import { OptionsError } from '#platform';

/** A pattern of plain Nest as the queue understands it. */
export interface TopicPattern {
  readonly topic: string;
  /** Undefined = every tag (consuming), no tag (sending). */
  readonly tag: string | undefined;
}

const TAG_BYTES_MAX = 255;

/** Reads `topic` or `topic:tag`. @throws {OptionsError} when it is neither; objects and numbers are not patterns of the queue. */
export function parseTopicPattern(pattern: unknown): TopicPattern {
  if (typeof pattern !== 'string') throw wrong(pattern, 'is not text');
  const colonAt = pattern.indexOf(':');
  const topic = colonAt < 0 ? pattern : pattern.slice(0, colonAt);
  const tag = colonAt < 0 ? undefined : pattern.slice(colonAt + 1);
  if (!isTopicName(topic))
    throw wrong(pattern, 'the topic has other characters than A-Z a-z 0-9 _ . % - or is too long');
  if (tag === '') throw wrong(pattern, 'there is no tag behind the colon');
  if (tag !== undefined && Buffer.byteLength(tag) > TAG_BYTES_MAX) throw wrong(pattern, 'the tag is too long');
  return { topic, tag };
}

function wrong(pattern: unknown, why: string): OptionsError {
  const shown = typeof pattern === 'string' ? pattern : JSON.stringify(pattern);
  return new OptionsError([{ path: 'pattern', problem: `${shown}: ${why}; 'topic' or 'topic:tag' is expected` }]);
}
