import type { Platform, Timer } from '#platform';
import type { AnswerSink, Endpoint, RpcChannel } from '#rpc';
import { parseServiceList } from './parse-service-list.js';
import type { RegistryClientOptions } from './registry-client.options.js';
import { REGISTRY_ROUTES } from './registry-operations.js';
import { retryPauseMs } from './retry-pause.js';
import { applyServiceList, type ServiceView, viewOf } from './service-view.js';

/** What a follower works with. */
export interface FollowerParts {
  readonly options: RegistryClientOptions;
  readonly platform: Pick<Platform, 'clock' | 'random' | 'logger'>;
  readonly channel: RpcChannel;
  /** Called with each new list, before the listeners. */
  readonly remember: (service: string, endpoints: readonly Endpoint[]) => void;
}

/**
 * Follows one service at the name server: keeps a watch open while somebody listens, opens it again when it breaks, and keeps the last list
 * in between. Lists of a follower without listeners age; they are refreshed by the next listener.
 */
export class ServiceFollower {
  private view: ServiceView = viewOf();
  private readonly listeners = new Set<(endpoints: readonly Endpoint[]) => void>();
  private cancel: (() => void) | undefined;
  private retry: Timer | undefined;
  private failureCount = 0;

  constructor(
    private readonly service: string,
    private readonly parts: FollowerParts,
  ) {}

  get endpoints(): readonly Endpoint[] {
    return this.view.endpoints;
  }

  get isFollowed(): boolean {
    return this.listeners.size > 0;
  }

  /** Takes over a list from disk, unless the name server was quicker. */
  recall(endpoints: readonly Endpoint[]): void {
    if (this.view.generation === '') this.show(viewOf(endpoints));
  }

  listen(listener: (endpoints: readonly Endpoint[]) => void): () => void {
    // Wrapped, so that one function given twice counts twice.
    const own = (endpoints: readonly Endpoint[]) => listener(endpoints);
    this.listeners.add(own);
    if (this.listeners.size === 1) this.open();
    return () => {
      if (this.listeners.delete(own) && this.listeners.size === 0) this.stop();
    };
  }

  /** Ends the watch at once; the last list stays. */
  close(): void {
    this.listeners.clear();
    this.stop();
  }

  private open(): void {
    this.retry = undefined;
    let isOver = false;
    const over = (error?: unknown) => {
      if (isOver) return;
      isOver = true;
      this.reopen(error);
    };
    const sink: AnswerSink = {
      value: (value, isLast) => {
        if (isOver) return;
        this.receive(value);
        if (isLast) over();
      },
      complete: () => over(),
      error: over,
    };
    const cancel = this.parts.channel.open(REGISTRY_ROUTES.watch, { service: this.service }, sink, {
      timeoutMs: Number.POSITIVE_INFINITY,
      codec: 'json',
    });
    if (isOver) return;
    this.cancel = () => {
      isOver = true;
      cancel();
    };
  }

  private reopen(error: unknown): void {
    this.cancel = undefined;
    if (!this.isFollowed) return;
    this.failureCount += 1;
    const { options, platform } = this.parts;
    const pauseMs = retryPauseMs(this.failureCount, options, platform.random);
    platform.logger.debug('registry: watch ended', { service: this.service, error: String(error), pauseMs });
    this.retry = platform.clock.schedule(pauseMs, () => this.open());
    this.retry.unref();
  }

  private receive(value: unknown): void {
    try {
      this.show(applyServiceList(this.view, parseServiceList(value, this.service)));
      this.failureCount = 0;
    } catch (error) {
      this.parts.platform.logger.warn('registry: list not understood', { service: this.service, error: String(error) });
    }
  }

  private show(view: ServiceView): void {
    const isChanged = view.endpoints !== this.view.endpoints;
    this.view = view;
    if (!isChanged) return;
    this.parts.remember(this.service, view.endpoints);
    for (const listener of [...this.listeners]) listener(view.endpoints);
  }

  private stop(): void {
    this.retry?.cancel();
    this.retry = undefined;
    this.cancel?.();
    this.cancel = undefined;
  }
}
