import type { MessageHandler } from '@nestjs/microservices';
import type { Subscription } from '#mq-client';
import { type OptionProblem, OptionsError } from '#platform';
import type { MqTopic } from '../topic.js';
import { parseTopicPattern } from '../topic-pattern.js';
import { markOf } from './handler-mark.js';
import { type GroupSettings, groupSettingsOf, type MqHandlerOptions } from './handler-options.js';

/** One handler of Nest as it was bound: the route and the wrapper with its extras. */
export interface BoundHandler {
  readonly route: string;
  readonly handler: MessageHandler;
}

/** One handler and what it is for. */
export interface PlannedHandler {
  readonly run: MessageHandler;
  /** Present for `@OnMessage`: its schema checks the message. */
  readonly topic: MqTopic<never> | undefined;
}

/** One consumer to be: a group, what it subscribes to, and who handles what. */
export interface GroupPlan {
  readonly group: string;
  readonly settings: GroupSettings;
  readonly subscriptions: readonly Subscription[];
  /** By topic, then by tag; the handler of every other tag under ''. (An empty tag is not allowed, so the key is free.) */
  readonly handlers: ReadonlyMap<string, ReadonlyMap<string, PlannedHandler>>;
}

interface Draft {
  settings: GroupSettings;
  readonly handlers: Map<string, Map<string, PlannedHandler>>;
}

/**
 * Sorts handlers into consumers: one per group, because a group has one subscription per process, whatever the number of its handlers.
 * @throws {OptionsError} with all handlers that have no group, that say different things of one group, or that handle the same message;
 * @throws {MqError} 'unsupported'
 */
export function planGroups(bound: readonly BoundHandler[]): GroupPlan[] {
  const drafts = new Map<string, Draft>();
  const problems: OptionProblem[] = [];
  for (const each of bound) addHandler(drafts, each, problems);
  if (problems.length > 0) throw new OptionsError(problems);
  return [...drafts].map(([group, { settings, handlers }]) => ({
    group,
    settings,
    handlers,
    subscriptions: [...handlers].map(([topic, byTag]) => ({
      topic,
      tags: byTag.has('') ? undefined : [...byTag.keys()],
    })),
  }));
}

function addHandler(drafts: Map<string, Draft>, { route, handler }: BoundHandler, problems: OptionProblem[]): void {
  const mark = markOf(handler.extras);
  const options: MqHandlerOptions =
    mark === undefined ? (handler.extras ?? {}) : { ...mark.classOptions, ...mark.options };
  const { group } = options;
  if (handler.isEventHandler !== true) {
    problems.push({
      path: `@MessagePattern ${route}`,
      problem: 'the queue has no replies in this version; use @EventPattern',
    });
    return;
  }
  if (typeof group !== 'string' || group === '') {
    const hint = "give { group: '...' } to @MqConsumer, @OnMessage, or as extras of @EventPattern";
    problems.push({ path: `handler ${route}`, problem: `has no consumer group: ${hint}` });
    return;
  }
  const settings = groupSettingsOf(options, `handler ${route} of group ${group}`);
  const draft = drafts.get(group) ?? { settings: {}, handlers: new Map() };
  drafts.set(group, draft);
  draft.settings = merged(draft.settings, settings, group, problems);
  const { topic, tag } = parseTopicPattern(route);
  const byTag = draft.handlers.get(topic) ?? new Map<string, PlannedHandler>();
  draft.handlers.set(topic, byTag);
  if (byTag.has(tag ?? '')) problems.push({ path: `group ${group}`, problem: `two handlers for ${route}` });
  byTag.set(tag ?? '', { run: handler, topic: mark?.topic });
}

function merged(all: GroupSettings, more: GroupSettings, group: string, problems: OptionProblem[]): GroupSettings {
  const before = new Map<string, unknown>(Object.entries(all));
  for (const [name, value] of Object.entries(more)) {
    if (!before.has(name) || before.get(name) === value) continue;
    problems.push({
      path: `group ${group}`,
      problem: `its handlers differ in ${name}: ${before.get(name)} and ${value}`,
    });
  }
  return { ...all, ...more };
}
