import { StreamWindow } from './stream-window.js';

function value(bytes: number) {
  return { typeAndFlags: 7 << 8, body: new Uint8Array(bytes), usesCredit: true };
}

const end = { typeAndFlags: 8 << 8, body: new Uint8Array(0), usesCredit: false };

function sendable(window: StreamWindow): number[] {
  const sizes: number[] = [];
  for (let frame = window.next(); frame !== undefined; frame = window.next()) sizes.push(frame.body.length);
  return sizes;
}

it('messages and bytes both limit, and the last may overdraw the bytes', () => {
  const window = new StreamWindow(2, 100, 10_000);
  for (const bytes of [10, 10, 10]) window.add(value(bytes));
  expect(sendable(window)).toEqual([10, 10]);
  window.grant(10, 0);
  expect(sendable(window)).toEqual([10]);
  for (const bytes of [500, 1]) window.add(value(bytes));
  expect(sendable(window)).toEqual([500]);
  window.grant(0, 430);
  expect(sendable(window)).toEqual([]);
  window.grant(0, 1);
  expect(sendable(window)).toEqual([1]);
});

it('the end needs no credit but overtakes nothing', () => {
  const window = new StreamWindow(1, 100, 10_000);
  for (const frame of [value(1), value(2), end]) window.add(frame);
  expect(sendable(window)).toEqual([1]);
  window.grant(1, 0);
  expect(sendable(window)).toEqual([2, 0]);
  expect(window.isEmpty).toBe(true);
});

it('what waits is bounded, its end always has room', () => {
  const window = new StreamWindow(1, 1, 1_000);
  window.add(value(1));
  sendable(window);
  expect([value(400), value(400), value(400)].map((each) => window.add(each))).toEqual([true, true, false]);
  expect(window.add(end)).toBe(true);
});
