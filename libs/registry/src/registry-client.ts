import type { Platform } from '#platform';
import { type Directory, type Endpoint, type RpcChannel, RpcError } from '#rpc';
import type { Instance } from './instance.js';
import { type ListCache, openListCache } from './list-cache.js';
import { KeptRegistration, type Registration } from './registration.js';
import type { RegistryClientOptions } from './registry-client.options.js';
import { ServiceFollower } from './service-follower.js';

/**
 * A process's view of the name server. Works on while the name server is away: lists stay as they were known last, registrations are
 * taken again when it is back.
 */
export interface RegistryClient extends Directory {
  /**
   * Takes and keeps a lease for `instance`; resolves after the first attempt, also when the name server is away.
   * @throws {RpcError} INVALID_ARGUMENT when the instance is refused.
   */
  register(instance: Instance): Promise<Registration>;
  /** Deregisters every instance and ends every watch. The channel is the caller's and stays open. May be called twice. */
  close(): Promise<void>;
}

/** A client over `channel`, which leads to the name server. Nothing is sent before the first watch or register. */
export function createRegistryClient(
  options: RegistryClientOptions,
  platform: Pick<Platform, 'clock' | 'random' | 'files' | 'logger'>,
  channel: RpcChannel,
): RegistryClient {
  return new ChannelRegistryClient(options, platform, channel);
}

const NONE: readonly Endpoint[] = Object.freeze([]);

class ChannelRegistryClient implements RegistryClient {
  /** In order of their last watch, the longest ago first. */
  private readonly followers = new Map<string, ServiceFollower>();
  private readonly registrations = new Set<KeptRegistration>();
  private readonly cache: ListCache;

  constructor(
    private readonly options: RegistryClientOptions,
    private readonly platform: Pick<Platform, 'clock' | 'random' | 'files' | 'logger'>,
    private readonly channel: RpcChannel,
  ) {
    this.cache = openListCache(options.cacheDirectory, platform.files, platform.logger);
  }

  endpoints(service: string): readonly Endpoint[] {
    return this.followers.get(service)?.endpoints ?? NONE;
  }

  watch(service: string, listener: (endpoints: readonly Endpoint[]) => void): () => void {
    const known = this.followers.get(service);
    const follower = known ?? this.addFollower(service);
    this.followers.delete(service);
    this.followers.set(service, follower);
    const stop = follower.listen(listener);
    if (known === undefined) void this.recall(service, follower);
    return stop;
  }

  async register(instance: Instance): Promise<Registration> {
    const { options, platform, channel } = this;
    const registration = new KeptRegistration(instance, { options, platform, channel });
    this.registrations.add(registration);
    try {
      await registration.start();
    } catch (error) {
      this.registrations.delete(registration);
      throw error;
    }
    return registration;
  }

  async close(): Promise<void> {
    for (const follower of this.followers.values()) follower.close();
    await Promise.all([...this.registrations].map((each) => each.deregister()));
    this.registrations.clear();
  }

  private addFollower(service: string): ServiceFollower {
    if (this.followers.size >= this.options.serviceCountMax) this.forgetOne();
    const { options, platform, channel } = this;
    return new ServiceFollower(service, {
      options,
      platform,
      channel,
      remember: (name, endpoints) => this.cache.write(name, endpoints),
    });
  }

  private forgetOne(): void {
    for (const [service, follower] of this.followers) {
      if (follower.isFollowed) continue;
      this.followers.delete(service);
      return;
    }
    throw new RpcError('RESOURCE_EXHAUSTED', `${this.followers.size} services are watched, which is the most allowed`);
  }

  private async recall(service: string, follower: ServiceFollower): Promise<void> {
    const endpoints = await this.cache.read(service);
    if (endpoints !== undefined) follower.recall(endpoints);
  }
}
