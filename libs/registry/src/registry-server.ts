import type { Platform, Timer } from '#platform';
import { type AnswerSink, AnswerStream, type Peer, RpcError } from '#rpc';
import { createLeaseTable, type LeaseChange, type LeaseInput, stepLeaseTable } from './lease-table.js';
import { listInstances } from './list-instances.js';
import { parseInstanceName, parseRegisterRequest, parseServiceName } from './parse-registry-request.js';
import type { LeaseAnswer, RegisterAnswer } from './registry-operations.js';
import type { RegistryServerOptions } from './registry-server.options.js';
import type { ChangeReason, ServiceList } from './service-list.js';

/**
 * The name server: leases and their watchers. Its methods are the remote operations, called by whatever serves the routes;
 * payloads are untrusted. @throws {RpcError} INVALID_ARGUMENT, RESOURCE_EXHAUSTED, UNAVAILABLE after `stop`.
 */
export interface RegistryServer {
  /** Takes or takes over a lease, bound to the connection of `peer`. */
  register(payload: unknown, peer: Peer): RegisterAnswer;
  /** Heartbeat. `unknown` asks the instance to register again. */
  renew(payload: unknown, peer: Peer): LeaseAnswer;
  /** Removes the instance at once. */
  deregister(payload: unknown, peer: Peer): LeaseAnswer;
  /** Answers with `ServiceList`s: the present one, then one after each change. */
  watch(payload: unknown): AnswerStream;
  /** The present list. */
  lookup(payload: unknown): ServiceList;
  /** Ends all watches and the sweep. Instances are forgotten: they come back to the next server by themselves. */
  stop(): void;
}

/** A name server with an empty table; its sweep runs until `stop`. */
export function createRegistryServer(
  options: RegistryServerOptions,
  platform: Pick<Platform, 'clock' | 'random' | 'logger'>,
): RegistryServer {
  return new LeasingRegistryServer(options, platform);
}

class LeasingRegistryServer implements RegistryServer {
  private readonly generation: string;
  private readonly table;
  private readonly watchers = new Map<string, Set<AnswerSink>>();
  private readonly pending = new Map<string, Set<ChangeReason>>();
  private readonly peers = new Set<number>();
  private readonly timers = new Set<Timer>();
  private watcherCount = 0;
  private phase: 'warming-up' | 'settled' | 'stopped' = 'warming-up';

  constructor(
    private readonly options: RegistryServerOptions,
    private readonly platform: Pick<Platform, 'clock' | 'random' | 'logger'>,
  ) {
    this.generation = platform.random.bytes(8).toString('hex');
    this.table = createLeaseTable({ ...options, tickGapMsMax: options.sweepMs + 2_000 }, this.nowMs());
    this.after(options.sweepMs, () => this.sweep());
    this.after(options.warmUpMs, () => this.settle());
  }

  register(payload: unknown, peer: Peer): RegisterAnswer {
    this.refuseWhenStopped();
    const { instance, leaseMs } = parseRegisterRequest(payload, this.options.leaseMsMin, this.options.leaseMsMax);
    const outcome = this.step({ kind: 'register', nowMs: this.nowMs(), connection: peer.id, instance, leaseMs });
    if (outcome === 'full') throw exhausted('the name server holds as many instances as it may');
    this.follow(peer);
    return { generation: this.generation, version: this.table.version };
  }

  renew(payload: unknown, peer: Peer): LeaseAnswer {
    return this.settleLease('renew', payload, peer);
  }

  deregister(payload: unknown, peer: Peer): LeaseAnswer {
    return this.settleLease('deregister', payload, peer);
  }

  watch(payload: unknown): AnswerStream {
    this.refuseWhenStopped();
    const { service } = parseServiceName(payload);
    if (this.watcherCount >= this.options.watcherCountMax) throw exhausted('too many watches are open');
    return new AnswerStream((sink) => this.startWatch(service, sink));
  }

  lookup(payload: unknown): ServiceList {
    this.refuseWhenStopped();
    return this.list(parseServiceName(payload).service, ['snapshot']);
  }

  stop(): void {
    if (this.phase === 'stopped') return;
    this.phase = 'stopped';
    for (const timer of this.timers) timer.cancel();
    this.timers.clear();
    const sinks = [...this.watchers.values()].flatMap((each) => [...each]);
    this.watchers.clear();
    this.watcherCount = 0;
    for (const sink of sinks) sink.error(stopped());
  }

  private settleLease(kind: 'renew' | 'deregister', payload: unknown, peer: Peer): LeaseAnswer {
    this.refuseWhenStopped();
    const name = parseInstanceName(payload);
    const outcome = this.step({ kind, nowMs: this.nowMs(), connection: peer.id, ...name });
    return { kind: outcome === 'done' ? 'done' : 'unknown' };
  }

  private step(input: LeaseInput): 'done' | 'unknown' | 'full' {
    const { outcome, changes } = stepLeaseTable(this.table, input);
    for (const change of changes) this.announce(change);
    return outcome;
  }

  /** One listener for each connection that ever held a lease, whatever number of leases it takes. */
  private follow(peer: Peer): void {
    if (this.peers.has(peer.id)) return;
    this.peers.add(peer.id);
    peer.onClose(() => {
      this.peers.delete(peer.id);
      if (this.phase !== 'stopped') this.step({ kind: 'connection-lost', nowMs: this.nowMs(), connection: peer.id });
    });
  }

  private startWatch(service: string, sink: AnswerSink): () => void {
    const sinks = this.watchers.get(service) ?? new Set<AnswerSink>();
    this.watchers.set(service, sinks.add(sink));
    this.watcherCount += 1;
    sink.value(this.list(service, ['snapshot']), false);
    return () => {
      if (!sinks.delete(sink)) return;
      if (this.phase !== 'stopped') this.watcherCount -= 1;
      if (sinks.size === 0 && this.watchers.get(service) === sinks) this.watchers.delete(service);
    };
  }

  private announce(change: LeaseChange): void {
    const { service, instanceId, reason } = change;
    this.platform.logger.info('registry: instance changed', { service, instanceId, reason });
    this.announceReason(service, reason);
  }

  private announceReason(service: string, reason: ChangeReason): void {
    if (!this.watchers.has(service)) return;
    const reasons = this.pending.get(service);
    if (reasons !== undefined) {
      reasons.add(reason);
      return;
    }
    this.pending.set(service, new Set([reason]));
    this.after(this.options.pushDelayMs, () => this.push(service));
  }

  private push(service: string): void {
    const reasons = [...(this.pending.get(service) ?? [])];
    this.pending.delete(service);
    const sinks = this.watchers.get(service);
    if (sinks === undefined) return;
    const list = this.list(service, reasons);
    for (const sink of sinks) sink.value(list, false);
  }

  private list(service: string, reasons: readonly ChangeReason[]): ServiceList {
    return {
      service,
      generation: this.generation,
      version: this.table.version,
      isComplete: this.phase === 'settled',
      instances: listInstances(this.table, service),
      reasons,
    };
  }

  private sweep(): void {
    this.step({ kind: 'tick', nowMs: this.nowMs() });
    this.after(this.options.sweepMs, () => this.sweep());
  }

  private settle(): void {
    this.phase = 'settled';
    for (const service of this.watchers.keys()) this.announceReason(service, 'settled');
  }

  private after(delayMs: number, task: () => void): void {
    const timer = this.platform.clock.schedule(delayMs, () => {
      this.timers.delete(timer);
      task();
    });
    timer.unref();
    this.timers.add(timer);
  }

  private nowMs(): number {
    return this.platform.clock.monotonicMs();
  }

  private refuseWhenStopped(): void {
    if (this.phase === 'stopped') throw stopped();
  }
}

function stopped(): RpcError {
  return new RpcError('UNAVAILABLE', 'the name server is stopping', { retryable: true });
}

function exhausted(message: string): RpcError {
  return new RpcError('RESOURCE_EXHAUSTED', message, { retryable: true });
}
