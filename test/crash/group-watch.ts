import { MQ_ROUTES, parseGroupDescription } from '#mq-protocol';
import type { RpcChannel } from '#rpc';
import type { HistoryWriter } from '../history/history-writer.js';

const ASK_MS = 100;

/** Asks the broker again and again how far a group is, and writes each floor into the history, so that the checker sees it never falls. */
export class GroupWatch {
  private lag: number | undefined;
  private isStopped = false;
  private readonly ended: Promise<void>;

  constructor(
    private readonly channel: RpcChannel,
    private readonly group: string,
    private readonly topic: string,
    private readonly history: HistoryWriter,
  ) {
    this.ended = this.run();
  }

  /** Messages that the broker says are not settled; undefined until it said so since the last failure. */
  get lagCount(): number | undefined {
    return this.lag;
  }

  async stop(): Promise<void> {
    this.isStopped = true;
    await this.ended;
  }

  private async run(): Promise<void> {
    const { group, topic } = this;
    while (!this.isStopped) {
      try {
        const options = { codec: 'msgpack', timeoutMs: 2000 } as const;
        const answer = await this.channel.call(MQ_ROUTES.describeGroup, { group, topic }, options);
        const { queues } = parseGroupDescription(answer);
        for (const { queueId, floorOffset } of queues) {
          this.history.write({ op: 'progress', phase: 'ok', group, topic, queueId, offset: floorOffset });
        }
        this.lag = queues.reduce((sum, { lagCount }) => sum + lagCount, 0);
      } catch {
        // The broker is down, or does not know the group yet: nothing is learned either way.
        this.lag = undefined;
      }
      await new Promise((resolve) => setTimeout(resolve, ASK_MS));
    }
  }
}
