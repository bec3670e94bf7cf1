import { isTopicName } from '#message-set';
import { type Refusal, refuse } from './refusals.js';

/** Refuses a name that no user's topic or group can have: other characters than `A-Za-z0-9_.%-`, longer than 127, or one that begins with a dot or, kept for the broker's own, with `%`. */
export function refusedName(what: 'topic' | 'group', name: string): Refusal | undefined {
  if (!isTopicName(name)) {
    const shown = JSON.stringify(name.slice(0, 140));
    return refuse('bad-name', `${what} ${shown}: 1 to 127 of A-Z a-z 0-9 _ . % - are allowed, no dot in front`);
  }
  if (name.startsWith('%')) return refuse('bad-name', `${what} ${name}: names that begin with % belong to the broker`);
  return undefined;
}
