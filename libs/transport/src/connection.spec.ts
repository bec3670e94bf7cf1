import type { Socket, SocketEvents } from '#platform';
import { VirtualClock } from '#platform/testing';
import { FrameType, HEADER_BYTES, writeHeader } from '#protocol';
import { Connection } from './connection.js';
import { ConnectionSweep } from './connection-sweep.js';
import { resolveTransportOptions } from './transport.options.js';

/** A socket whose other end is the test. */
class HandSocket implements Socket {
  readonly remote = 'peer';
  bufferedBytes = 0;
  isPaused = false;
  isGone = false;
  readonly writes: number[] = [];
  events: SocketEvents | undefined = undefined;

  start(events: SocketEvents): void {
    this.events = events;
  }

  write(chunks: readonly Uint8Array[]): boolean {
    this.writes.push(chunks.reduce((sum, each) => sum + each.length, 0));
    return this.bufferedBytes < 65_536;
  }

  pause(): void {
    this.isPaused = true;
  }

  resume(): void {
    this.isPaused = false;
  }

  end(): void {
    this.isGone = true;
  }

  destroy(): void {
    this.isGone = true;
    this.events?.closed();
  }
}

function opened(limits: Parameters<typeof resolveTransportOptions>[0] = {}) {
  const clock = new VirtualClock();
  const socket = new HandSocket();
  const seen = { ids: [] as number[], closedBy: '' };
  const receiver = {
    frame: (reader: { id: number }) => void seen.ids.push(reader.id),
    closed: (error: Error) => {
      seen.closedBy = error.message;
    },
  };
  const world = { clock, options: resolveTransportOptions(limits), sweep: new ConnectionSweep(clock) };
  const connection = new Connection(socket, receiver, world);
  connection.open(receiver);
  return { clock, socket, seen, connection };
}

function cancels(from: number, count: number): Buffer {
  const bytes = Buffer.alloc(count * HEADER_BYTES);
  for (let index = 0; index < count; index++)
    writeHeader(bytes, index * HEADER_BYTES, 0, FrameType.cancel << 8, from + index);
  return bytes;
}

it('frames written in one go leave in one write', async () => {
  const { socket, connection } = opened();
  for (let count = 0; count < 50; count++) {
    connection.outbox.append(Buffer.alloc(20));
    connection.written();
  }
  expect(socket.writes).toEqual([]);
  await Promise.resolve();
  expect(socket.writes).toEqual([1_000]);
});

it('two KiB do not wait for the rest', () => {
  const { socket, connection } = opened();
  for (let count = 0; count < 25; count++) {
    connection.outbox.append(Buffer.alloc(100));
    connection.written();
  }
  expect(socket.writes).toEqual([2_100]);
});

it('after many frames others get their turn, and order is kept', async () => {
  const { clock, socket, seen } = opened();
  socket.events?.data(cancels(1, 1_500));
  expect(seen.ids).toHaveLength(1_024);
  expect(socket.isPaused).toBe(true);
  socket.events?.data(cancels(1_501, 1_500));
  await clock.settle();
  expect(seen.ids).toEqual(Array.from({ length: 3_000 }, (_, index) => index + 1));
  expect(socket.isPaused).toBe(false);
});

it('writing that is backed up never pauses reading, and ends the connection at twice the limit', () => {
  const { socket, seen, connection } = opened({ outboundBytesMax: 100_000 });
  socket.bufferedBytes = 150_000;
  connection.outbox.append(Buffer.alloc(4_000));
  connection.written();
  expect(connection.isFull).toBe(true);
  expect(socket.isPaused).toBe(false);
  expect(seen.closedBy).toBe('');
  socket.bufferedBytes = 250_000;
  connection.outbox.append(Buffer.alloc(4_000));
  connection.written();
  expect(seen.closedBy).toContain('[slow-reader]');
});

it('a slow reader that takes something now and then is kept, one that takes nothing is not', async () => {
  const { clock, socket, seen, connection } = opened({ heartbeatMs: 1_000_000 });
  socket.bufferedBytes = 90_000;
  for (let second = 0; second < 60; second++) {
    connection.outbox.append(Buffer.alloc(3_000));
    connection.written();
    await clock.advance(1_000);
  }
  expect(seen.closedBy).toBe('');
  await clock.advance(31_000);
  expect(seen.closedBy).toContain('[slow-reader]');
});

it('the sweep stops with its last connection', async () => {
  const { clock, socket } = opened();
  await clock.advance(1_000);
  socket.destroy();
  await clock.advance(1_000);
  expect(clock.scheduledCount()).toBe(0);
});
