import { Option } from 'commander';
import { parseRefusal } from '#mq-protocol';
import { JsonLogger, nodePlatform, type Platform } from '#platform';
import { createRpcChannel, parseRookeryUrl, type RpcChannel, RpcError } from '#rpc';
import { CommandError } from './command-error.js';

/** Options of every command that talks to a broker. */
export interface AccessOptions {
  readonly broker: string;
}

/** A broker to talk to, for the time of one command. */
export interface BrokerAccess {
  readonly channel: RpcChannel;
  readonly platform: Platform;
  /** Calls an operation that takes and gives objects. @throws {CommandError} when the broker refuses */
  ask(route: string, request: object): Promise<unknown>;
}

/** `--broker <url>`, also `ROOKERY_BROKER`. */
export function brokerOption(): Option {
  return new Option('--broker <url>', 'the broker to talk to')
    .env('ROOKERY_BROKER')
    .default('rookery://127.0.0.1:4000');
}

/** Runs `work` with a broker and closes the connection, whatever becomes of it. @throws {CommandError} when the broker cannot be reached */
export async function withBroker(options: AccessOptions, work: (access: BrokerAccess) => Promise<void>): Promise<void> {
  const address = parseRookeryUrl(options.broker, '--broker');
  const platform = quietPlatform();
  const channel = createRpcChannel({ address, token: await tokenOf(platform) }, platform);
  try {
    await connect(channel, options.broker);
    await work({ channel, platform, ask: (route, request) => ask(channel, route, request) });
  } finally {
    await channel.close();
  }
}

async function connect(channel: RpcChannel, broker: string): Promise<void> {
  try {
    await channel.connect();
  } catch (error) {
    if (!(error instanceof RpcError)) throw error;
    const advice =
      error.code === 'UNAUTHENTICATED'
        ? 'set ROOKERY_AUTH_TOKEN or ROOKERY_AUTH_TOKEN_FILE to the token of the broker'
        : "start one with 'rookery broker start', or say where it is with --broker or ROOKERY_BROKER";
    throw new CommandError(`no broker to talk to at ${broker}: ${error.message}\n  ${advice}`);
  }
}

async function ask(channel: RpcChannel, route: string, request: object): Promise<unknown> {
  const answer = await channel.call(route, request, { codec: 'msgpack' });
  const refusal = parseRefusal(answer);
  if (refusal !== undefined) throw new CommandError(`refused (${refusal.code}): ${refusal.message}`);
  return answer;
}

/** Warnings of the libraries go to the terminal's error stream; a command's own output is all that stands on the other. */
function quietPlatform(): Platform {
  const { clock } = nodePlatform();
  const write = (line: string) => void process.stderr.write(line);
  return nodePlatform({ clock, logger: new JsonLogger({ level: 'warn', write, clock }) });
}

async function tokenOf({ files }: Platform): Promise<string | undefined> {
  const { ROOKERY_AUTH_TOKEN: token, ROOKERY_AUTH_TOKEN_FILE: path } = process.env;
  if (token !== undefined && token !== '') return token;
  if (path === undefined || path === '') return undefined;
  const file = await files.open(path, { access: 'read' });
  try {
    const target = Buffer.alloc(4096);
    return target.toString('utf8', 0, await file.read(target, 0)).trimEnd();
  } finally {
    await file.close();
  }
}
