import { directoryOfTopic, queueOfDirectory, topicOfDirectory } from './queue-directory.js';

describe('the directory of a topic', () => {
  it.each(['a', 'Orders', 'ORDERS', 'a.b', '%RETRY%g', '_-', 'X'.repeat(127)])('leads back to %s', (topic) => {
    const name = directoryOfTopic(topic);
    expect(topicOfDirectory(name)).toBe(topic);
    expect([name === name.toLowerCase(), name.length < 256]).toEqual([true, true]);
  });

  it.each(['A', '+', '+A', '.x', '', 'a+', '..'])('is never called %j', (name) =>
    expect(topicOfDirectory(name)).toBeUndefined(),
  );

  it('has queues from 0 to 65535', () =>
    expect(['0', '65535', '65536', '01', '-1', 'x', ''].map(queueOfDirectory)).toEqual([
      0,
      65535,
      ...Array(5).fill(undefined),
    ]));
});
