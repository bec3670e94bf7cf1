import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { HistoryEvent } from './history-event.js';
import { memoryHistory, openHistory } from './history-writer.js';
import { payloadCrc, proofId, proofPayload, readProof } from './proof-payload.js';
import { readHistories } from './read-history.js';

const entry = { op: 'send', phase: 'invoke', id: 'p:0', key: 'schlüssel' } as const;

describe('history files', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'rookery-history-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('give back what was written, file after file, and drop a torn last line', () => {
    for (const proc of ['a', 'b']) {
      const history = openHistory(join(folder, 'deep', `${proc}.jsonl`), proc);
      for (let seq = 0; seq < 3000; seq += 1) history.write({ ...entry, id: `${proc}:${seq}` });
      history.close();
    }
    appendFileSync(join(folder, 'deep', 'a.jsonl'), '{"tMonoMs":1,"op":"se');
    const events = [...readHistories(join(folder, 'deep'))];
    expect(events).toHaveLength(6000);
    expect(events[3000]).toMatchObject({ ...entry, id: 'b:0', proc: 'b' });
    expect(events.every(({ tMonoMs, tWallMs }) => tMonoMs > 0 && tWallMs > 0)).toBe(true);
  });

  it('hold what was flushed before the process can die', () => {
    const history = openHistory(join(folder, 'a.jsonl'), 'a');
    history.write(entry);
    expect(readFileSync(join(folder, 'a.jsonl'), 'utf8')).toBe('');
    history.flush();
    expect(readFileSync(join(folder, 'a.jsonl'), 'utf8')).toContain('schlüssel');
    history.close();
    expect(() => history.write(entry)).toThrow('closed');
  });

  it('can be kept in memory on a clock of the caller', () => {
    const events: HistoryEvent[] = [];
    memoryHistory(events, 'm', { monotonicMs: () => 5, wallMs: () => 6 }).write(entry);
    expect(events).toEqual([{ ...entry, tMonoMs: 5, tWallMs: 6, proc: 'm' }]);
  });
});

describe('a payload that proves itself', () => {
  const proof = { producer: 'p-1', seq: 7, key: 'o/7\nü', nonce: 'n1' };

  it('tells who made it, at any size', () => {
    for (const sizeBytes of [0, 100, 1024, 100_000]) {
      const body = proofPayload(proof, sizeBytes);
      expect(body.length).toBeGreaterThanOrEqual(Math.min(sizeBytes, body.length));
      expect(readProof(body)).toEqual({ ...proof, crc: payloadCrc(body) });
    }
    expect(proofPayload(proof, 1024)).toHaveLength(1024 + Buffer.byteLength('ü') - 1);
    expect(proofId(proof)).toBe('p-1:7');
  });

  it('proves nothing when one byte differs or bytes are missing', () => {
    const body = proofPayload(proof, 200);
    for (let at = 0; at < body.length; at += 1) {
      const damaged = Buffer.from(body);
      damaged[at] = (damaged[at] ?? 0) ^ 1;
      expect(readProof(damaged)).toBeUndefined();
      expect(readProof(body.subarray(0, at))).toBeUndefined();
    }
  });
});
