import type { HelloFields } from '#protocol';
import type { TransportOptions } from '#transport';

/** What this side says of itself in the greeting. `token`: a client's secret; a server, which has options with its own secret, shows none. */
export function ownHello(name: string, limits: TransportOptions, token: string | undefined): HelloFields {
  const { frameBytesMax, inFlightCountMax, windowCount, windowBytes } = limits;
  return {
    name,
    codecs: ['raw', 'json', 'msgpack'],
    features: [],
    frameBytesMax,
    inFlightCountMax,
    windowCount,
    windowBytes,
    token,
  };
}
