import {
  encodeMetadata,
  encodeTraceparent,
  FrameReader,
  ProtocolError,
  RequestFields,
  type RequestHead,
  requestBits,
  requestHeadBytes,
  writeRequestHead,
} from './index.js';

const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

const bare: RequestHead = {
  id: 5,
  deadlineMs: 0,
  routeNumber: 3,
  routeText: undefined,
  trace: undefined,
  metadata: undefined,
};

function write(head: RequestHead, payload: string): Buffer {
  const frame = Buffer.alloc(requestHeadBytes(head) + payload.length);
  frame.write(payload, writeRequestHead(frame, 0, head, requestBits(false, 2), payload.length));
  return frame;
}

function read(frame: Buffer): RequestFields & { payload: string } {
  const reader = new FrameReader(1 << 20);
  reader.push(frame);
  expect(reader.next()).toBe(true);
  const fields = new RequestFields();
  fields.read(reader.buffer, reader.start, reader.end, reader.flags);
  return Object.assign(fields, { payload: reader.buffer.toString('utf8', fields.payloadStart, reader.end) });
}

it('a request whose route is known is sixteen golden bytes and its payload', () => {
  expect(write({ ...bare, deadlineMs: 5000 }, 'p').toString('hex')).toBe('00000007020200000005000013880003' + '70');
});

it('a request with everything comes back as it was written', () => {
  const metadata = encodeMetadata({ Tenant: 'ä', traceparent }, 'traceparent');
  const trace = encodeTraceparent(traceparent);
  const fields = read(write({ ...bare, deadlineMs: 1, routeText: Buffer.from('sum'), trace, metadata }, 'body'));
  expect(fields).toMatchObject({ deadlineMs: 1, routeNumber: 3, routeText: 'sum', payload: 'body' });
  expect({ ...fields.metadata }).toEqual({ tenant: 'ä', traceparent });
});

it('a key named __proto__ is only a key', () => {
  const metadata = encodeMetadata(JSON.parse('{"__proto__":"x"}'));
  const fields = read(write({ ...bare, metadata }, ''));
  expect(Object.keys(fields.metadata)).toEqual(['__proto__']);
});

it('a body cut anywhere before its payload is malformed', () => {
  const frame = write(
    {
      ...bare,
      routeText: Buffer.from('sum'),
      trace: encodeTraceparent(traceparent),
      metadata: encodeMetadata({ a: 'b' }),
    },
    '',
  );
  const flags = frame.readUInt8(5);
  for (let end = 10; end < frame.length; end++) {
    expect(() => new RequestFields().read(frame.subarray(0, end), 10, end, flags)).toThrow(ProtocolError);
  }
  expect(() => new RequestFields().read(frame, 10, frame.length, flags)).not.toThrow();
});

it('metadata over its limits is not encoded', () => {
  const many = Object.fromEntries(Array.from({ length: 65 }, (_, index) => [`k${index}`, '']));
  expect(() => encodeMetadata(many)).toThrow(/65 pairs/);
  expect(() => encodeMetadata({ a: 'x'.repeat(16 * 1024) })).toThrow(ProtocolError);
  expect(encodeMetadata({})).toBeUndefined();
});

it('a traceparent of another version stays ordinary metadata', () => {
  expect(encodeTraceparent(`01${traceparent.slice(2)}`)).toBeUndefined();
});
