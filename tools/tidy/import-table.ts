/**
 * Who may import whom among the libraries, as data. A new arrow needs a decision record (docs/adr/).
 * `testing` and the test tools may import anything; see `mayImport`.
 */
export const IMPORT_TABLE: Readonly<Record<string, readonly string[]>> = {
  platform: [],
  protocol: ['platform'],
  'message-set': ['platform'],
  'mq-protocol': ['platform', 'message-set'],
  resilience: ['platform'],
  transport: ['platform', 'protocol'],
  rpc: ['platform', 'protocol', 'transport', 'resilience'],
  registry: ['platform', 'protocol', 'rpc', 'resilience'],
  store: ['platform', 'message-set'],
  mq: ['platform', 'message-set', 'mq-protocol', 'store'],
  'mq-client': ['platform', 'protocol', 'message-set', 'mq-protocol', 'resilience', 'rpc', 'registry'],
  broker: ['platform', 'message-set', 'mq-protocol', 'store', 'mq', 'registry', 'rpc', 'protocol'],
  'nest-rpc': ['platform', 'protocol', 'resilience', 'rpc', 'registry'],
  'nest-mq': ['platform', 'message-set', 'mq-client', 'rpc', 'nest-rpc'],
  'nest-broker': ['platform', 'broker', 'nest-rpc', 'mq-protocol', 'mq', 'store', 'registry', 'rpc'],
  cli: ['platform', 'broker', 'mq-client', 'mq-protocol', 'rpc', 'registry'],
};

/** Libraries that no other library imports: `testing` may import all libraries but these. */
const ENDS: ReadonlySet<string> = new Set(['nest-broker', 'cli', 'testing']);

/** True if code of library `from` may import library `to`. */
export function mayImport(from: string, to: string): boolean {
  if (from === to) return true;
  if (from === 'testing') return !ENDS.has(to);
  return IMPORT_TABLE[from]?.includes(to) ?? false;
}
