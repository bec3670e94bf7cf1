const TOPIC_NAME = /^[A-Za-z0-9_%-][A-Za-z0-9_.%-]{0,126}$/;

/** Whether `name` can name a topic: 1 to 127 of `A-Z a-z 0-9 _ . % -`, the first one not a dot. */
export function isTopicName(name: string): boolean {
  return TOPIC_NAME.test(name);
}
