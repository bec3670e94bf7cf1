import { randomBytes } from 'node:crypto';
import { encodeMessageSet, type MessageSetDraft } from '#message-set';
import { RpcBrokerOperations } from '#mq-client';
import { MQ_ROUTES, type SetOutcome } from '#mq-protocol';
import { nodePlatform, silentLogger } from '#platform';
import { createRpcChannel, parseRookeryUrl } from '#rpc';

const CALL_TIMEOUT_MS = 5_000;

/** One set of one message. */
export function messageSet(topic: string, body: Buffer, part: Partial<MessageSetDraft> = {}): Buffer {
  const messageId = randomBytes(16).toString('hex');
  const message = { messageId, type: 'normal', bornAtMs: 1, bodyEncoding: 'raw', body } as const;
  return encodeMessageSet({
    kind: 'messages',
    topic,
    queueId: 0,
    producerId: 0,
    producerEpoch: 0,
    firstSequence: 0,
    messages: [message],
    ...part,
  });
}

/** A well-behaved client: each round sends a message, receives it, acks it and lists the topics. It notes what does not go as it should. */
export class Friend {
  roundCount = 0;
  readonly complaints: string[] = [];
  private readonly platform = nodePlatform({ logger: silentLogger });
  private readonly channel;
  private readonly operations: RpcBrokerOperations;
  private isStopped = false;
  private running: Promise<void> = Promise.resolve();
  private waiting = () => {};

  constructor(
    url: string,
    private readonly topic: string,
  ) {
    this.channel = createRpcChannel({ address: parseRookeryUrl(url) }, this.platform);
    this.operations = new RpcBrokerOperations(this.channel);
  }

  /** Rounds without a break, until `stop`. */
  start(): void {
    this.running = this.run();
  }

  /** Resolves after `count` more rounds, good or bad. */
  async rounds(count: number): Promise<void> {
    const wanted = this.roundCount + count;
    while (this.roundCount < wanted) {
      await new Promise<void>((resolve) => {
        this.waiting = resolve;
      });
    }
  }

  async stop(): Promise<void> {
    this.isStopped = true;
    await this.running;
    await this.channel.close();
  }

  send(): Promise<readonly SetOutcome[]> {
    const body = Buffer.from('from a friend');
    return this.operations.send([messageSet(this.topic, body)], CALL_TIMEOUT_MS);
  }

  /** Receives up to `count` messages and acks them; returns how many. */
  async take(count: number): Promise<number> {
    const own = { group: 'friends', topic: this.topic };
    const limits = { messageCountMax: count, bytesMax: 1024 ** 2, waitMs: 2_000, visibilityMs: 30_000 };
    const attemptId = randomBytes(8).toString('hex');
    const { signal } = new AbortController();
    const asked = { ...own, ...limits, queueId: -1, attemptId, startFrom: 'earliest' } as const;
    const { runs } = await this.operations.receive(asked, CALL_TIMEOUT_MS, signal);
    const { outcomes } = await this.operations.ack({ ...own, items: runs }, CALL_TIMEOUT_MS);
    if (outcomes.some((each) => each !== 'settled')) this.complaints.push(`acks: ${outcomes.join()}`);
    return runs.reduce((sum, run) => sum + run.offsets.length, 0);
  }

  topics(): Promise<unknown> {
    return this.channel.call(MQ_ROUTES.listTopics, {}, { timeoutMs: CALL_TIMEOUT_MS });
  }

  private async run(): Promise<void> {
    while (!this.isStopped) {
      try {
        const [outcome] = await this.send();
        if (outcome?.kind !== 'placed') this.complaints.push(`send: ${JSON.stringify(outcome)}`);
        if ((await this.take(1)) !== 1) this.complaints.push('nothing received');
        await this.topics();
      } catch (error) {
        this.complaints.push(String(error));
      }
      this.roundCount++;
      this.waiting();
    }
  }
}
