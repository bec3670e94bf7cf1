import { HEADER_BYTES, readWindow, WINDOW_FRAME_BYTES, writeWindow } from './index.js';

it('a grant is golden bytes and comes back', () => {
  const frame = Buffer.alloc(WINDOW_FRAME_BYTES);
  expect(writeWindow(frame, 0, 3, 32, 65_536)).toBe(WINDOW_FRAME_BYTES);
  expect(frame.toString('hex')).toBe('0000000809000000000300000020' + '00010000');
  expect(readWindow(frame, HEADER_BYTES, frame.length)).toEqual({ countDelta: 32, bytesDelta: 65_536 });
});

it('a window frame of another size is malformed', () => {
  expect(() => readWindow(Buffer.alloc(9), 0, 9)).toThrow(/want 8/);
});
