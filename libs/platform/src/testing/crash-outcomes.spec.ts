import { contentsOf, crashOutcomes, memoryFiles, writeFile } from './crash-outcomes.js';

describe('crashOutcomes', () => {
  it('a history without anything unsynced has one outcome', async () => {
    expect(await crashOutcomes((files) => writeFile(files, '/a', 'x', 'durable'))).toEqual(['/a=x']);
  });

  it('contentsOf a missing file is undefined', () => {
    expect(contentsOf(memoryFiles(), '/a')).toBeUndefined();
  });
});
