import { outgoingCall, serializedCall } from './outgoing-call.js';
import { RookeryRecord, RookeryRecordBuilder } from './rookery-record.js';

describe('an outgoing call', () => {
  it('has no options unless something asked for them', () => {
    expect(outgoingCall({ pattern: { b: 1, a: 2 }, data: 5 })).toEqual({
      route: '{"a":2,"b":1}',
      payload: 5,
      options: undefined,
    });
  });

  it('takes headers and metadata in lower case, the dispatch hook last, and the timeout of a record', () => {
    const record = new RookeryRecord('x', { headers: { Tenant: 'a', Trace: '1' }, timeoutMs: 30 });
    expect(outgoingCall({ pattern: 'p', data: record, metadata: { TRACE: '2' } })).toEqual({
      route: 'p',
      payload: 'x',
      options: { timeoutMs: 30, metadata: { tenant: 'a', trace: '2' } },
    });
    expect(() => new RookeryRecordBuilder('x').setTimeout('-5s')).toThrow(/record\.timeout/);
  });

  it("shows the user's serializer the unpacked payload, and takes a bare result as the payload", () => {
    const packet = { pattern: 'p', data: new RookeryRecord(1) };
    const renamed = { serialize: (each: { data: unknown }) => ({ pattern: 'q', data: [each.data] }) };
    expect(serializedCall(packet, renamed)).toMatchObject({ route: 'q', payload: [1] });
    expect(serializedCall(packet, { serialize: () => 'bytes' })).toMatchObject({ route: 'p', payload: 'bytes' });
  });
});
