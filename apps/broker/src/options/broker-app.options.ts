import { type BrokerOptions, resolveBrokerOptions } from '#broker';
import { type LogLevel, type OptionProblem, OptionsError } from '#platform';
import type { GatheredSettings } from './gather-settings.js';
import type { SettingValue } from './setting.js';

/** How the broker process listens and ends, and the options of the broker in it. */
export interface BrokerAppOptions {
  readonly listen: { readonly host: string; readonly port: number; readonly token: string | undefined };
  /** Longest wait for running work at the end, in ms. */
  readonly shutdownTimeoutMs: number;
  readonly logLevel: LogLevel;
  readonly broker: BrokerOptions;
}

const LOG_LEVELS: readonly string[] = ['debug', 'info', 'warn', 'error', 'silent'];
const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|::1)$/;
const TOKEN_LENGTH_MIN = 16;

/** The options of one start, complete and frozen. @throws {OptionsError} with all problems of all parts, each with the origin of its value. */
export function resolveBrokerAppOptions(gathered: GatheredSettings): BrokerAppOptions {
  const problems: OptionProblem[] = [];
  const tree = treeOf(gathered);
  const own = ownOptions(gathered, problems);
  let broker: BrokerOptions | undefined;
  try {
    broker = resolveBrokerOptions({ ...tree, dataDir: own.dataDir });
  } catch (error) {
    if (!(error instanceof OptionsError)) throw error;
    problems.push(...error.problems);
  }
  const complete = [...gathered.problems, ...problems.map((each) => withOrigin(each, gathered))];
  if (complete.length > 0 || broker === undefined) throw new OptionsError(complete);
  const { host, port, token, shutdownTimeoutMs, logLevel } = own;
  return Object.freeze({ listen: Object.freeze({ host, port, token }), shutdownTimeoutMs, logLevel, broker });
}

interface OwnOptions {
  readonly host: string;
  readonly port: number;
  readonly token: string | undefined;
  readonly dataDir: string;
  readonly shutdownTimeoutMs: number;
  readonly logLevel: LogLevel;
}

function ownOptions(gathered: GatheredSettings, problems: OptionProblem[]): OwnOptions {
  const value = (path: string) => gathered.values.get(path)?.value;
  const host = String(value('host'));
  const port = Number(value('port'));
  const token = value('auth.token');
  const logLevel = String(value('logLevel'));
  const shutdownTimeoutMs = Number(value('shutdownTimeoutMs'));
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    problems.push({ path: 'port', problem: `${port} is not a port; use 0 to 65535` });
  if (!LOG_LEVELS.includes(logLevel))
    problems.push({ path: 'logLevel', problem: `${logLevel} is none of ${LOG_LEVELS.join(', ')}` });
  if (!(shutdownTimeoutMs >= 0))
    problems.push({ path: 'shutdownTimeoutMs', problem: `${shutdownTimeoutMs} is below 0` });
  if (typeof token === 'string' && token.length < TOKEN_LENGTH_MIN) {
    problems.push({ path: 'auth.token', problem: `is shorter than ${TOKEN_LENGTH_MIN} characters` });
  }
  if (token === undefined && !LOOPBACK.test(host)) {
    const advice = 'set auth.token (ROOKERY_AUTH_TOKEN or ROOKERY_AUTH_TOKEN_FILE), or listen on 127.0.0.1';
    problems.push({
      path: 'host',
      problem: `${host} is reachable from other machines and there is no token; ${advice}`,
    });
  }
  return {
    host,
    port,
    token: typeof token === 'string' ? token : undefined,
    dataDir: String(value('dataDir')),
    shutdownTimeoutMs,
    logLevel: logLevel as LogLevel, // Checked above; a wrong one ends in OptionsError.
  };
}

/** `mq.queueCount` and `store.segmentBytes` as `{ mq: { queueCount }, store: { segmentBytes } }`. Only what was given: the parts know their defaults. */
function treeOf(gathered: GatheredSettings): Record<'store' | 'mq' | 'registry', Record<string, SettingValue>> {
  const tree = { store: {}, mq: {}, registry: {} } as Record<string, Record<string, SettingValue>>; // Filled below by name.
  for (const [path, { value, origin }] of gathered.values) {
    const [group = '', name = ''] = path.split('.');
    const part = tree[group];
    if (part !== undefined && value !== undefined && origin !== 'default') part[name] = value;
  }
  return tree as Record<'store' | 'mq' | 'registry', Record<string, SettingValue>>; // The three are there from the start.
}

function withOrigin({ path, problem }: OptionProblem, gathered: GatheredSettings): OptionProblem {
  const origin = gathered.values.get(path)?.origin;
  return { path, problem: origin === undefined ? problem : `${problem} (from ${origin})` };
}
