import { type AnswerSink, AnswerStream, type InboundCall } from '#rpc';
import { callHandler, type HandlerSetting } from './call-handler.js';
import { eventHandler } from './event-handler.js';
import type { BoundHandler } from './handler-table.js';
import type { ProcessingHooks } from './processing-hooks.js';
import { incomingPayload } from './server-packets.js';

function inbound(payload: unknown, signal = new AbortController().signal): InboundCall {
  const peer = { id: 1, remote: '127.0.0.1:1', onClose: () => () => {} };
  return { route: 'r', payload, metadata: {}, peer, isOneway: false, remainingMs: () => 5, signal };
}

const bound = (run: (data: unknown) => unknown): BoundHandler => ({
  route: 'r',
  run: async (data) => run(data),
  method: undefined,
});
const setting = (hooks?: ProcessingHooks, packets: Partial<HandlerSetting['packets']> = {}): HandlerSetting => ({
  packets: { serializer: undefined, deserializer: undefined, ...packets },
  sharesAppConfig: false,
  hooks: () => hooks,
});

const quiet = { log() {}, warn() {} };

describe('a call handler', () => {
  it('answers with what the handler made of the payload', async () => {
    expect(
      await callHandler(
        bound((data) => [data]),
        setting(),
      )(inbound(1)),
    ).toEqual([1]);
  });

  it('closes the span of a stream that nobody will start, because the call was cancelled meanwhile', async () => {
    const ended: string[] = [];
    const hooks = { start: (work: () => Promise<void>) => void work(), end: () => void ended.push('end') };
    const controller = new AbortController();
    controller.abort();
    const handler = callHandler(
      bound(async function* () {}),
      setting(hooks),
    );
    expect(await handler(inbound(1, controller.signal))).toBeUndefined();
    expect(ended).toEqual(['end']);
  });

  it("runs every value and the failure of a stream through the user's serializer", async () => {
    const serialize = (packet: { response?: unknown; err?: unknown }) =>
      'err' in packet ? { err: `!${String(packet.err)}` } : { response: `<${String(packet.response)}>` };
    async function* source(): AsyncGenerator<number> {
      yield 1;
      throw 'no';
    }
    const answer = await callHandler(bound(source), setting(undefined, { serializer: { serialize } }))(inbound(0));
    if (!(answer instanceof AnswerStream)) throw new Error('not a stream');
    const seen: unknown[] = [];
    await new Promise<void>((resolve) => {
      const sink: AnswerSink = {
        value: (value) => void seen.push(value),
        complete: resolve,
        error(error) {
          seen.push(error);
          resolve();
        },
      };
      answer.start(sink);
    });
    expect(seen).toEqual(['<1>', expect.objectContaining({ isValue: true, details: '!no' })]);
  });
});

describe('a payload', () => {
  it("is what the user's deserializer makes of it, or its whole result when that has no data", async () => {
    const packets = (result: unknown) => ({ serializer: undefined, deserializer: { deserialize: () => result } });
    expect(await incomingPayload(packets({ data: 1, more: 2 }) as never, 'r', 0)).toBe(1);
    expect(await incomingPayload(packets('bare') as never, 'r', 0)).toBe('bare');
  });
});

describe('an event handler', () => {
  it('never rejects: its failure is logged, once, unless Nest has logged it', async () => {
    const logged: string[] = [];
    const logger = { ...quiet, error: (text: string) => void logged.push(text) };
    const run = (error: unknown) =>
      eventHandler(
        bound(() => Promise.reject(error)),
        setting(),
        logger,
      )(inbound(1));
    await run(new Error('broken'));
    await run({ status: 'error', message: 'refused' });
    await run({ status: 'error', message: 'Internal server error' });
    expect(logged).toEqual(["event handler of 'r' failed: broken", "event handler of 'r' failed: refused"]);
  });
});
