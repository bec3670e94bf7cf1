import type { WritePacket } from '@nestjs/microservices';
import { Subject } from 'rxjs';
import { type AnswerSink, RpcError } from '#rpc';
import { CallbackSink, FailurePacket, ObserverSink } from './answer-sinks.js';
import { deserializingSink } from './client-packets.js';

const failure = new RpcError('UNKNOWN', 'x', { isValue: true, details: 0 });

describe('answers', () => {
  it('become packets for publish callbacks; a failure is one whatever its value', () => {
    const packets: WritePacket[] = [];
    const sink = new CallbackSink((packet) => packets.push(packet));
    sink.value(1, false);
    sink.value(2, true);
    sink.complete();
    sink.error(failure);
    expect(packets).toEqual([
      { response: 1 },
      { response: 2, isDisposed: true },
      { isDisposed: true },
      new FailurePacket(0),
    ]);
  });

  it('of `undefined` at the end complete without a value', async () => {
    const { Subscriber } = await import('rxjs');
    const seen: unknown[] = [];
    const target = new Subject();
    target.subscribe({ next: (value) => seen.push(value), complete: () => seen.push('complete') });
    const mapping = { response: (value: unknown) => value, error: (error: unknown) => error };
    new ObserverSink(new Subscriber(target), mapping).value(undefined, true);
    expect(seen).toEqual(['complete']);
  });

  it("keep their order through a slow deserializer, and only filters' errors go through it", async () => {
    const seen: unknown[] = [];
    const own = new RpcError('UNAVAILABLE', 'gone');
    await new Promise<void>((resolve) => {
      const target: AnswerSink = {
        value: (value, isLast) => void seen.push([value, isLast]),
        complete: resolve,
        error: (error) => {
          seen.push(error);
          if (seen.length === 4) resolve();
        },
      };
      const slowFirst = async (packet: { response?: number; err?: unknown }) => {
        if (packet.response === 1) for (let turn = 0; turn < 20; turn++) await Promise.resolve();
        return packet.response === 2 ? { err: 'made an error' } : packet;
      };
      const sink = deserializingSink(target, { deserialize: slowFirst });
      sink.value(1, false);
      sink.value(2, false);
      sink.error(failure);
      sink.error(own);
    });
    expect(seen).toEqual([own, [1, false], 'made an error', 0]);
  });
});
