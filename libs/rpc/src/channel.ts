import type { Platform } from '#platform';
import { type Codec, codecByName } from '#protocol';
import { DeadlineWheel } from '#resilience';
import { ConnectionSweep } from '#transport';
import { AddressSource, type SourceEvents } from './address-source.js';
import type { AnswerSink } from './answer.js';
import { CallPath } from './call-path.js';
import { OutboundCall } from './outbound-call.js';
import { PromiseSink } from './promise-sink.js';
import type { CallOptions, ChannelStatus, RpcChannel } from './rpc-channel.js';
import type { RpcChannelOptions } from './rpc-channel.options.js';
import { RpcError } from './rpc-error.js';
import { ServiceSource } from './service-source.js';
import { StatusBoard } from './status-board.js';

const NO_OPTIONS: CallOptions = Object.freeze({});

/** The calling side of rpc; see `RpcChannel`. */
export class Channel implements RpcChannel, SourceEvents {
  private readonly board = new StatusBoard();
  private readonly source: AddressSource | ServiceSource;
  private readonly path: CallPath;
  private readonly codec: Codec;
  private connectWaiters: { resolve: () => void; reject: (error: RpcError) => void }[] = [];

  constructor(
    private readonly options: RpcChannelOptions,
    platform: Pick<Platform, 'clock' | 'random' | 'sockets' | 'logger'>,
  ) {
    const { clock, random, sockets, logger } = platform;
    const world = { clock, random, sockets, logger, options, sweep: new ConnectionSweep(clock) };
    this.source = sourceFor(options, world, this);
    this.path = new CallPath(this.source, clock, new DeadlineWheel(clock), options.limits.inFlightCountMax);
    this.codec = codecByName(options.codec);
  }

  get status(): ChannelStatus {
    return this.board.status;
  }

  onStatus(listener: (status: ChannelStatus) => void): () => void {
    return this.board.listen(listener);
  }

  connect(): Promise<void> {
    if (this.source.isReady) return Promise.resolve();
    return new Promise((resolve, reject) => {
      this.connectWaiters.push({ resolve, reject });
      this.wake();
    });
  }

  call(route: string, payload: unknown, options: CallOptions = NO_OPTIONS): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const sink = new PromiseSink(resolve, reject);
      sink.call = this.begin(route, payload, sink, options, false);
    });
  }

  open(route: string, payload: unknown, sink: AnswerSink, options: CallOptions = NO_OPTIONS): () => void {
    const call = this.begin(route, payload, sink, options, false);
    return () => call.stop(undefined);
  }

  oneway(route: string, payload: unknown, options: CallOptions = NO_OPTIONS): Promise<void> {
    return new Promise((resolve, reject) => {
      this.begin(route, payload, new PromiseSink(() => resolve(), reject), options, true);
    });
  }

  close(): Promise<void> {
    this.board.set('closed');
    const error = new RpcError('UNAVAILABLE', 'the channel was closed', { executed: false });
    this.path.close(() => this.source.close(), error);
    this.settleConnects(error);
    return Promise.resolve();
  }

  ready(): void {
    this.board.set('connected');
    this.settleConnects(undefined);
    this.path.resume();
  }

  lost(): void {
    if (!this.source.isReady && this.board.status === 'connected') this.board.set('disconnected');
  }

  hopeless(error: RpcError): void {
    if (this.board.status === 'connecting') this.board.set('idle');
    this.settleConnects(error);
    this.path.giveUp(error);
  }

  private begin(
    route: string,
    payload: unknown,
    sink: AnswerSink,
    options: CallOptions,
    isOneway: boolean,
  ): OutboundCall {
    const codec = options.codec === undefined ? this.codec : codecByName(options.codec);
    const { metadata, isIdempotent = false } = options;
    const call = new OutboundCall({ route, payload, codec, metadata, isOneway, isIdempotent }, sink, this.path);
    const { signal, timeoutMs = this.options.timeoutMs } = options;
    if (Number.isNaN(timeoutMs)) {
      // It would never be due, and the call might wait for ever.
      call.error(new RpcError('INVALID_ARGUMENT', `${route}: timeoutMs is not a number`, { executed: false }));
      return call;
    }
    if (signal?.aborted) {
      call.error(
        new RpcError('CANCELLED', `${route}: aborted before it began`, { executed: false, cause: signal.reason }),
      );
      return call;
    }
    if (signal !== undefined) call.follow(signal);
    if (!this.source.isReady) this.noteConnecting();
    this.path.start(call, timeoutMs);
    return call;
  }

  private wake(): void {
    this.noteConnecting();
    this.source.wake();
  }

  private noteConnecting(): void {
    if (this.board.status === 'idle' || this.board.status === 'closed') this.board.set('connecting');
  }

  private settleConnects(error: RpcError | undefined): void {
    const waiters = this.connectWaiters;
    this.connectWaiters = [];
    for (const waiter of waiters) {
      if (error === undefined) waiter.resolve();
      else waiter.reject(error);
    }
  }
}

function sourceFor(
  options: RpcChannelOptions,
  world: ConstructorParameters<typeof AddressSource>[1],
  events: SourceEvents,
): AddressSource | ServiceSource {
  if (options.address !== undefined) return new AddressSource(options.address, world, events);
  const { service, directory } = options;
  if (service === undefined || directory === undefined)
    throw new RpcError('INVALID_ARGUMENT', 'no address and no service');
  return new ServiceSource(service, directory, world, events);
}
