import { isTopicName } from '#message-set';

/**
 * The directory name of a topic. Upper-case letters become `+` and the lower-case letter: topics that differ in case only must not meet in one
 * directory where the file system does not tell them apart. At most 254 bytes for 127 characters.
 */
export function directoryOfTopic(topic: string): string {
  return topic.replace(/[A-Z]/g, (letter) => `+${letter.toLowerCase()}`);
}

/** The topic of a directory name; undefined for names that `directoryOfTopic` does not make. */
export function topicOfDirectory(name: string): string | undefined {
  const topic = name.replace(/\+([a-z])/g, (_, letter: string) => letter.toUpperCase());
  return isTopicName(topic) && directoryOfTopic(topic) === name ? topic : undefined;
}

/** The queue of a directory name, undefined for others. */
export function queueOfDirectory(name: string): number | undefined {
  const queueId = Number(name);
  return /^(0|[1-9]\d{0,4})$/.test(name) && queueId <= 65535 ? queueId : undefined;
}
