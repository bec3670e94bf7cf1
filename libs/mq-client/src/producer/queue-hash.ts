/**
 * The queue of an ordering key: FNV-1a (32 bits) over the UTF-16 units, modulo the number of queues.
 * Fixed for ever: a change would move keys to other queues and break their order across a deploy.
 */
export function queueOfKey(orderingKey: string, queueCount: number): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < orderingKey.length; at++) {
    hash = Math.imul(hash ^ orderingKey.charCodeAt(at), 0x01000193);
  }
  return (hash >>> 0) % queueCount;
}
