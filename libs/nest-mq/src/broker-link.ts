import { OptionsError, type Platform } from '#platform';
import { createRpcChannel, parseRookeryUrl, type RpcChannel } from '#rpc';

/** Where the broker is and how to get in. */
export interface BrokerLinkOptions {
  /** `rookery://host:port`. A list may have one entry in this version: brokers do not replicate yet. */
  readonly brokers: string | readonly string[];
  /** Shared secret of the broker. */
  readonly auth?: { readonly token: string } | undefined;
}

/** A channel to the broker; nothing is sent before its first use. @throws {OptionsError} naming what is wrong with `brokers` */
export function openBrokerLink(options: BrokerLinkOptions, platform: Platform): RpcChannel {
  const [url, ...others] = typeof options.brokers === 'string' ? [options.brokers] : (options.brokers ?? []);
  if (url === undefined) throw new OptionsError([{ path: 'mq.brokers', problem: 'rookery://host:port is missing' }]);
  if (others.length > 0) {
    throw new OptionsError([{ path: 'mq.brokers', problem: `${others.length + 1} brokers; this version takes one` }]);
  }
  const address = parseRookeryUrl(url, 'mq.brokers');
  return createRpcChannel({ address, token: options.auth?.token }, platform);
}
