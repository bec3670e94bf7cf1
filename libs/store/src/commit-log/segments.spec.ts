import { bodiesOf, openSmall, storeMachine } from '../testing/index.js';
import { sampleSet } from '../testing/sample-sets.js';
import { firstSegmentBytes, Segments } from './segments.js';

const MIB = 1024 * 1024;
const plan = { segmentBytes: 100 * MIB, entryBytesMax: MIB };

function plannedSizes(existing: readonly number[], count: number): number[] {
  let startPosition = 0;
  const segments = new Segments('log', []);
  for (const sizeBytes of existing) {
    segments.add({ startPosition, sizeBytes });
    startPosition += sizeBytes;
  }
  const sizes: number[] = [];
  let position = segments.endPosition;
  while (sizes.length < count) {
    const planned = segments.planned(position, plan);
    expect(planned.startPosition).toBe(position);
    expect(segments.planned(position + planned.sizeBytes - 1, plan)).toEqual(planned);
    sizes.push(planned.sizeBytes / MIB);
    position += planned.sizeBytes;
  }
  return sizes;
}

it('segments begin small and double up to the size asked for', () => {
  expect(plannedSizes([], 5)).toEqual([16, 32, 64, 100, 100]);
  expect(plannedSizes([16 * MIB, 32 * MIB], 3)).toEqual([64, 100, 100]);
});

it('a first segment has room for the largest entry and is never larger than asked for', () => {
  expect(firstSegmentBytes({ segmentBytes: MIB, entryBytesMax: MIB })).toBe(MIB);
  expect(firstSegmentBytes({ segmentBytes: 256 * MIB, entryBytesMax: 40 * MIB })).toBe(40 * MIB);
});

it('a log that grew over segments of three sizes is whole after a power cut', async () => {
  const machine = storeMachine();
  const large = { segmentBytes: 64 * MIB, entryBytesMax: 8 * MIB, groupBytesMax: 8 * MIB };
  const { store } = await openSmall(machine, large);
  const bodies = Array.from({ length: 13 }, (_, number) => String.fromCharCode(97 + number).repeat(4 * MIB));
  for (const body of bodies) await store.append([sampleSet({ bodies: [body] })]).durable;
  expect(await segmentSizes(machine)).toEqual([16, 32, 64]);
  machine.files.crash('lost');
  const { store: again } = await openSmall(machine, large);
  expect((await bodiesOf(again)).map((body) => `${body[0]}${body.length}`)).toEqual(
    bodies.map((body) => `${body[0]}${body.length}`),
  );
});

async function segmentSizes({ files }: ReturnType<typeof storeMachine>): Promise<number[]> {
  const names = (await files.list('/data/log')).filter((name) => name !== 'next.tmp');
  const sizes = await Promise.all(names.map((name) => files.sizeBytes(`/data/log/${name}`)));
  return sizes.map((sizeBytes) => (sizeBytes ?? 0) / MIB);
}
