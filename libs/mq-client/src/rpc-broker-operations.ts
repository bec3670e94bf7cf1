import type {
  AckRequest,
  ExtendRequest,
  NackRequest,
  ReceiveAnswer,
  ReceiveRequest,
  Refusal,
  SetOutcome,
  SettleAnswer,
  TopicDescription,
} from '#mq-protocol';
import {
  decodeReceiveAnswer,
  decodeSendAnswer,
  encodeSendRequest,
  isRefusal,
  MQ_ROUTES,
  parseRefusal,
  parseSettleAnswer,
  parseTopicDescription,
  settleBody,
} from '#mq-protocol';
import type { RpcChannel } from '#rpc';
import type { BrokerOperations } from './broker-operations.js';
import { MqError } from './mq-error.js';

/** The operations over a channel: bulk data as raw bytes, everything else as msgpack objects. */
export class RpcBrokerOperations implements BrokerOperations {
  constructor(private readonly channel: RpcChannel) {}

  async send(sets: readonly Buffer[], timeoutMs: number): Promise<readonly SetOutcome[]> {
    const body = encodeSendRequest({ flushMode: 'fsync', sets });
    return this.call('send', async () => {
      const answer = await this.channel.call(MQ_ROUTES.send, body, { codec: 'raw', timeoutMs });
      return decodeSendAnswer(bufferOf(answer, 'send'));
    });
  }

  receive(request: ReceiveRequest, timeoutMs: number, signal: AbortSignal): Promise<ReceiveAnswer> {
    return this.call('receive', async () => {
      const answer = await this.channel.call(MQ_ROUTES.receive, request, { codec: 'msgpack', timeoutMs, signal });
      const decoded = decodeReceiveAnswer(bufferOf(answer, 'receive'));
      if (isRefusal(decoded)) throw refused(decoded, 'receive');
      return decoded;
    });
  }

  ack(request: AckRequest, timeoutMs: number): Promise<SettleAnswer> {
    return this.settle(MQ_ROUTES.ack, request, timeoutMs);
  }

  nack(request: NackRequest, timeoutMs: number): Promise<SettleAnswer> {
    return this.settle(MQ_ROUTES.nack, request, timeoutMs);
  }

  extend(request: ExtendRequest, timeoutMs: number): Promise<SettleAnswer> {
    return this.settle(MQ_ROUTES.extend, request, timeoutMs);
  }

  async describeTopic(topic: string, timeoutMs: number): Promise<TopicDescription> {
    return parseTopicDescription(await this.object(MQ_ROUTES.describeTopic, { topic }, timeoutMs));
  }

  private async settle(
    route: string,
    request: AckRequest | NackRequest | ExtendRequest,
    timeoutMs: number,
  ): Promise<SettleAnswer> {
    return parseSettleAnswer(await this.object(route, settleBody(request), timeoutMs));
  }

  private object(route: string, body: object, timeoutMs: number): Promise<unknown> {
    return this.call(route, async () => {
      const answer = await this.channel.call(route, body, { codec: 'msgpack', timeoutMs });
      const refusal = parseRefusal(answer);
      if (refusal !== undefined) throw refused(refusal, route);
      return answer;
    });
  }

  private async call<Result>(operation: string, run: () => Promise<Result>): Promise<Result> {
    try {
      return await run();
    } catch (error) {
      throw MqError.from(error, operation);
    }
  }
}

function bufferOf(answer: unknown, operation: string): Buffer {
  if (Buffer.isBuffer(answer)) return answer;
  throw new MqError('bad-reply', `${operation}: bytes expected, got ${typeof answer}`, { outcome: 'unknown' });
}

function refused(refusal: Refusal, operation: string): MqError {
  const { code, message, retryable } = refusal;
  return new MqError(code, `${operation}: ${message}`, { outcome: 'failed', retryable });
}
