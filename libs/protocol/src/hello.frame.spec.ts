import { chooseVersion, encodeHelloFrame, HEADER_BYTES, type Hello, ProtocolError, readHello } from './index.js';

const hello: Hello = {
  versionMin: 1,
  versionMax: 2,
  fields: {
    name: 'orders',
    codecs: ['raw', 'json'],
    features: [],
    frameBytesMax: 1 << 24,
    inFlightCountMax: 100,
    windowCount: 64,
    windowBytes: 1 << 18,
    token: 's3cret',
  },
};

function body(versions: string, json: string): Buffer {
  return Buffer.concat([Buffer.from('RKRY'), Buffer.from(versions, 'hex'), Buffer.from(json)]);
}

function read(bytes: Buffer): Hello {
  return readHello(bytes, 0, bytes.length);
}

it('a greeting comes back as it was sent', () => {
  const frame = encodeHelloFrame(hello);
  expect(frame.subarray(4, 16).toString('hex')).toBe('010000000000524b52590102');
  expect(readHello(frame, HEADER_BYTES, frame.length)).toEqual(hello);
});

it('other magic bytes are shown in the error', () => {
  expect(() => read(Buffer.from('GET / HTTP/1.1\r\n'))).toThrow(/not a Rookery peer: it begins with "GET \/ HTTP\/1.1/);
});

it('a greeting with a part missing or of the wrong type is refused by name', () => {
  const good = '{"codecs":[],"features":[],"limits":{"frameBytes":1,"inFlight":1},"window":{"count":1,"bytes":1}}';
  expect(read(body('0101', good)).fields.name).toBe('');
  const bad: [string, RegExp][] = [
    ['{', /not JSON/],
    ['7', /the greeting is not an object/],
    [good.replace('"codecs":[]', '"codecs":[1]'), /codecs/],
    [good.replace('"frameBytes":1', '"frameBytes":-1'), /limits.frameBytes/],
    [good.replace('"window"', '"other"'), /window/],
  ];
  for (const [json, problem] of bad) expect(() => read(body('0101', json))).toThrow(problem);
  expect(() => read(body('0201', good))).toThrow(/2\.\.1/);
});

it('the highest common version is chosen; without one both ranges are named', () => {
  expect(chooseVersion({ versionMin: 1, versionMax: 3 }, 1, 2)).toBe(2);
  expect(() => chooseVersion({ versionMin: 2, versionMax: 3 }, 1, 1)).toThrow('speaks Rookery 2..3, this server 1..1');
});

it('a greeting over 16 KiB is not encoded', () => {
  const fields = { ...hello.fields, name: 'x'.repeat(17_000) };
  expect(() => encodeHelloFrame({ ...hello, fields })).toThrow(ProtocolError);
});
