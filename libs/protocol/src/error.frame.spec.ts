import { type ErrorFields, encodeErrorFrame, HEADER_BYTES, ProtocolError, readError } from './index.js';

const plain: ErrorFields = {
  code: 12,
  executed: false,
  retryable: false,
  retryAfterMs: undefined,
  isValue: false,
  remoteName: '',
  message: 'no',
  details: undefined,
};

function roundTrip(fields: ErrorFields): ErrorFields {
  const frame = encodeErrorFrame(1, fields, 2);
  return readError(frame, HEADER_BYTES, frame.length);
}

it('an error is golden bytes', () => {
  expect(encodeErrorFrame(9, plain, 0).toString('hex')).toBe(
    '0000000704000000' + '0009' + '0c01' + '00' + '0002' + '6e6f',
  );
});

it('every fact of an error comes back', () => {
  const full: ErrorFields = {
    code: 8,
    executed: true,
    retryable: true,
    retryAfterMs: 250,
    isValue: true,
    remoteName: 'OutOfStock',
    message: 'none left',
    details: Buffer.from([1, 2]),
  };
  expect(roundTrip(full)).toEqual(full);
  for (const executed of [true, false, undefined]) expect(roundTrip({ ...plain, executed }).executed).toBe(executed);
});

it('a long message is cut between characters', () => {
  const { message } = roundTrip({ ...plain, message: `a${'é'.repeat(8_000)}` });
  expect(Buffer.byteLength(message)).toBeLessThanOrEqual(8 * 1024);
  expect(message).toMatch(/^aé+$/);
});

it('a frame cut before its message ends is malformed', () => {
  const frame = encodeErrorFrame(1, { ...plain, retryAfterMs: 1, remoteName: 'X' }, 0);
  for (let end = HEADER_BYTES; end < frame.length; end++) {
    expect(() => readError(frame.subarray(0, end), HEADER_BYTES, end)).toThrow(ProtocolError);
  }
});
