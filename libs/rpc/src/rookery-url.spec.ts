import { formatRookeryUrl, parseRookeryUrl } from './index.js';

it.each([
  ['rookery://127.0.0.1:4100', { host: '127.0.0.1', port: 4100 }],
  ['rookery://orders.local', { host: 'orders.local', port: 4000 }],
  ['rookery://[::1]:4100', { host: '::1', port: 4100 }],
  ['rookery+unix:///tmp/a%20b.sock', { path: '/tmp/a b.sock' }],
])('%s is an address, and back', (url, address) => {
  expect(parseRookeryUrl(url)).toEqual(address);
  expect(parseRookeryUrl(formatRookeryUrl(address))).toEqual(address);
});

it.each([
  '',
  'http://a:1',
  'rookery://',
  'rookery://a:99999',
  'rookery://a:1/path',
  'rookery://u:p@a:1',
  'rookery+unix://host/x',
])('%p is refused by name', (url) => {
  expect(() => parseRookeryUrl(url)).toThrow('is neither rookery://host:port nor rookery+unix:///path');
});
