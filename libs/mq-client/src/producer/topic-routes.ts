import type { Clock } from '#platform';
import type { BrokerOperations } from '../broker-operations.js';
import { MqError } from '../mq-error.js';
import type { Lane } from './set-batch.js';

/** What the producer knows of one topic. */
export interface TopicRoute {
  readonly topic: string;
  readonly lanes: readonly Lane[];
  /** The lane that takes messages without an ordering key until its set is closed. */
  sticky: Lane;
  /** The topic did not exist when it was asked for: ask again once a send made it. */
  isProvisional: boolean;
}

const TOPIC_COUNT_MAX = 10_000;

interface Search {
  readonly found: ((route: TopicRoute) => void)[];
  readonly failed: ((error: MqError) => void)[];
}

/** Queue counts by topic, asked for once and kept until the broker contradicts. */
export class TopicRoutes {
  private readonly routes = new Map<string, TopicRoute>();
  private readonly searches = new Map<string, Search>();

  constructor(
    private readonly operations: BrokerOperations,
    private readonly clock: Clock,
    private readonly timing: { readonly sendTimeoutMs: number; readonly retryMsMax: number },
    private readonly newTopicQueueCount: number,
  ) {}

  known(topic: string): TopicRoute | undefined {
    return this.routes.get(topic);
  }

  /** Asks the broker; callbacks run in the order they were given, in one go, so that sends keep their order. */
  find(topic: string, found: (route: TopicRoute) => void, failed: (error: MqError) => void): void {
    const search = this.searches.get(topic);
    if (search !== undefined) {
      search.found.push(found);
      search.failed.push(failed);
      return;
    }
    const started: Search = { found: [found], failed: [failed] };
    this.searches.set(topic, started);
    void this.search(topic, started);
  }

  /** The broker knows fewer or other queues: the next send asks again. */
  forget(topic: string): void {
    this.routes.delete(topic);
  }

  /** A send to a topic that did not exist was stored: take over the real number of queues. Failing is harmless, the next send tries again. */
  confirm(route: TopicRoute): void {
    if (!route.isProvisional) return;
    route.isProvisional = false;
    this.operations.describeTopic(route.topic, this.timing.sendTimeoutMs).then(
      ({ queueCount }) => {
        if (queueCount !== route.lanes.length) this.keep(newRoute(route.topic, queueCount, false));
      },
      () => {
        route.isProvisional = true;
      },
    );
  }

  private async search(topic: string, search: Search): Promise<void> {
    const deadlineMs = this.clock.monotonicMs() + this.timing.sendTimeoutMs;
    const answer = await this.ask(topic, deadlineMs);
    this.searches.delete(topic);
    if (answer instanceof MqError) {
      for (const failed of search.failed) failed(answer);
      return;
    }
    this.keep(answer);
    for (const found of search.found) found(answer);
  }

  private async ask(topic: string, deadlineMs: number): Promise<TopicRoute | MqError> {
    for (;;) {
      const leftMs = deadlineMs - this.clock.monotonicMs();
      try {
        const { queueCount } = await this.operations.describeTopic(topic, Math.max(1, leftMs));
        return newRoute(topic, queueCount, false);
      } catch (thrown) {
        const error = MqError.from(thrown, 'describe topic');
        if (error.code === 'unknown-topic') return newRoute(topic, this.newTopicQueueCount, true);
        const canWait = deadlineMs - this.clock.monotonicMs() > this.timing.retryMsMax;
        // Nothing was sent yet, so whatever the question's own fate, the sends behind it certainly failed.
        if (!error.retryable || !canWait) return new MqError(error.code, error.message, { cause: thrown });
        await this.clock.sleep(this.timing.retryMsMax / 2);
      }
    }
  }

  private keep(route: TopicRoute): void {
    this.routes.set(route.topic, route);
    const [oldest] = this.routes.keys();
    // Topics come from the application, perhaps from its users: what is dropped here is only asked for again.
    if (this.routes.size > TOPIC_COUNT_MAX && oldest !== undefined) this.routes.delete(oldest);
  }
}

function newRoute(topic: string, queueCount: number, isProvisional: boolean): TopicRoute {
  const lane = (queueId: number): Lane => ({ topic, queueId, open: undefined, isOrderedInFlight: false });
  const first = lane(0);
  const lanes = [first, ...Array.from({ length: Math.max(1, queueCount) - 1 }, (_, index) => lane(index + 1))];
  return { topic, lanes, sticky: first, isProvisional };
}
