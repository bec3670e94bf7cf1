import type { SocketAddress } from '#platform';
import { OptionsError } from '#platform';

/** The port used when a `rookery://` url names none. */
export const ROOKERY_PORT = 4000;

/**
 * The address that a url means: `rookery://host:port` for TCP, `rookery+unix:///path/to.sock` for a Unix socket.
 * A missing port means 4000; an IPv6 host stands in brackets.
 * @throws {OptionsError} when the text is neither.
 */
export function parseRookeryUrl(url: string, optionPath = 'url'): SocketAddress {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (parsed?.protocol === 'rookery+unix:' && parsed.host === '' && parsed.pathname.length > 1) {
    return { path: decodeURIComponent(parsed.pathname) };
  }
  if (parsed?.protocol === 'rookery:' && parsed.hostname !== '' && isOnlyHostAndPort(parsed)) {
    const port = parsed.port === '' ? ROOKERY_PORT : Number(parsed.port);
    return { host: parsed.hostname.replace(/^\[(.*)\]$/, '$1'), port };
  }
  const problem = `${JSON.stringify(url)} is neither rookery://host:port nor rookery+unix:///path`;
  throw new OptionsError([{ path: optionPath, problem }]);
}

/** The url of an address; `parseRookeryUrl` gives the address back. */
export function formatRookeryUrl(address: SocketAddress): string {
  if ('path' in address) return `rookery+unix://${encodeURI(address.path)}`;
  const host = address.host.includes(':') ? `[${address.host}]` : address.host;
  return `rookery://${host}:${address.port}`;
}

function isOnlyHostAndPort(url: URL): boolean {
  return (
    (url.pathname === '' || url.pathname === '/') &&
    url.search === '' &&
    url.hash === '' &&
    `${url.username}${url.password}` === ''
  );
}
