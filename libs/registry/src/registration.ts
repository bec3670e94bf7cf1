import type { Platform, Timer } from '#platform';
import { type RpcChannel, RpcError } from '#rpc';
import { type Instance } from './instance.js';
import type { RegistryClientOptions } from './registry-client.options.js';
import { type LeaseAnswer, REGISTRY_ROUTES } from './registry-operations.js';
import { retryPauseMs } from './retry-pause.js';

/** A lease that is kept: renewed at a third of its time, taken again after a reconnect or a restart of the name server. */
export interface Registration {
  readonly instance: Instance;
  /** `held`: the last exchange said so. `lost`: being taken again. `given-up` after `deregister`. */
  readonly status: 'held' | 'lost' | 'given-up';
  /** Stops the heartbeat and takes the instance off the list, best effort, within one call's timeout. May be called twice. */
  deregister(): Promise<void>;
}

/** What a registration works with. */
export interface RegistrationParts {
  readonly options: RegistryClientOptions;
  readonly platform: Pick<Platform, 'clock' | 'random' | 'logger'>;
  readonly channel: RpcChannel;
}

/** The heartbeat of one instance. `start` first. */
export class KeptRegistration implements Registration {
  status: 'held' | 'lost' | 'given-up' = 'lost';
  private timer: Timer | undefined;
  private forgetStatus: () => void = () => {};
  private failureCount = 0;
  /** The exchange that runs, if any: they never overlap, so a late answer cannot undo a newer one. */
  private exchange: Promise<void> | undefined;

  constructor(
    readonly instance: Instance,
    private readonly parts: RegistrationParts,
  ) {}

  /**
   * Takes the lease once. A name server that is away is no failure: the registration goes on trying.
   * @throws {RpcError} INVALID_ARGUMENT when the instance itself is refused.
   */
  async start(): Promise<void> {
    try {
      await this.register();
    } catch (error) {
      if (error instanceof RpcError && error.code === 'INVALID_ARGUMENT') throw error;
      this.failed(error);
    }
    this.forgetStatus = this.parts.channel.onStatus((status) => {
      // A lease is bound to its connection: on a new one it is taken again, without waiting for the next heartbeat.
      if (status === 'connected' && this.exchange === undefined) this.beat('register');
      if (status === 'disconnected' && this.status === 'held') this.status = 'lost';
    });
    if (this.timer === undefined) this.scheduleBeat();
  }

  async deregister(): Promise<void> {
    if (this.status === 'given-up') return;
    this.status = 'given-up';
    this.timer?.cancel();
    this.forgetStatus();
    await this.exchange;
    const { service, instanceId } = this.instance;
    try {
      await this.call(REGISTRY_ROUTES.deregister, { service, instanceId });
    } catch (error) {
      this.parts.platform.logger.debug('registry: deregister failed', { service, instanceId, error: String(error) });
    }
  }

  private beat(kind: 'register' | 'renew'): void {
    if (this.exchange !== undefined || this.status === 'given-up') return;
    this.timer?.cancel();
    this.timer = undefined;
    this.exchange = (kind === 'register' ? this.register() : this.renew())
      .then(
        () => this.scheduleBeat(),
        (error: unknown) => this.failed(error),
      )
      .finally(() => {
        this.exchange = undefined;
      });
  }

  private async register(): Promise<void> {
    await this.call(REGISTRY_ROUTES.register, { instance: this.instance, leaseMs: this.parts.options.leaseMs });
    this.held();
  }

  private async renew(): Promise<void> {
    const { service, instanceId } = this.instance;
    // The handler is ours, at the other end of the same contract; anything but `done` means: register again.
    const answer = (await this.call(REGISTRY_ROUTES.renew, { service, instanceId })) as LeaseAnswer | undefined;
    if (answer?.kind === 'done') this.held();
    else await this.register();
  }

  private held(): void {
    this.failureCount = 0;
    if (this.status === 'lost') this.status = 'held';
  }

  private failed(error: unknown): void {
    if (this.status === 'given-up') return;
    this.status = 'lost';
    this.failureCount += 1;
    const { options, platform } = this.parts;
    const pauseMs = retryPauseMs(this.failureCount, options, platform.random);
    const { service, instanceId } = this.instance;
    platform.logger.debug('registry: heartbeat failed', { service, instanceId, error: String(error), pauseMs });
    this.schedule(pauseMs, 'register');
  }

  private scheduleBeat(): void {
    const { options, platform } = this.parts;
    // Jittered by 10 %, so that instances that came back together do not stay in step.
    this.schedule((options.leaseMs / 3) * (0.9 + platform.random.next() * 0.2), 'renew');
  }

  private schedule(delayMs: number, kind: 'register' | 'renew'): void {
    if (this.status === 'given-up') return;
    this.timer?.cancel();
    this.timer = this.parts.platform.clock.schedule(delayMs, () => this.beat(kind));
    this.timer.unref();
  }

  private call(route: string, payload: unknown): Promise<unknown> {
    return this.parts.channel.call(route, payload, { timeoutMs: this.parts.options.callTimeoutMs, codec: 'json' });
  }
}
