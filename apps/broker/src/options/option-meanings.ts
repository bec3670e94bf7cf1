import type { brokerSettingDefaults } from '#broker';

type Defaults = typeof brokerSettingDefaults;

/**
 * What each option of a part of the broker means, for `--help`: complete by type, so a new option without a line here does not compile. The
 * options themselves, with ranges and reasons, are documented where they are defined.
 */
export const optionMeanings: { readonly [P in keyof Defaults]: { readonly [K in keyof Defaults[P]]: string } } = {
  mq: {
    autoCreateTopics: 'make an unknown topic on its first use (--no-... to refuse it)',
    defaultQueueCount: 'queues of a topic that is made by itself',
    messageBytesMax: 'largest body of one message',
    setBytesMax: 'largest message set of a send',
    pendingSendBytesMax: 'sends that may wait for the disk; beyond, sends are refused as overloaded',
    topicCountMax: 'topics; beyond, new ones are refused',
    groupCountMax: 'pairs of group and topic; beyond, new ones are refused',
    queueCountMax: 'queues of one topic',
    windowOffsetCount: 'messages that a group may read past its oldest unsettled one before the queue stalls for it',
    receiveBytesMax: 'messages in one answer to a receive, whatever it asks for',
    parkedReceiveCountMax: 'receives that wait for messages; beyond, receives are refused as overloaded',
    attemptCountMax: 'receive attempts remembered, so that a repeat gets the same messages',
    snapshotEveryBytes: 'log written between two snapshots of the state',
  },
  store: {
    segmentBytes: 'size of a log segment; a new log begins smaller and doubles up to it',
    entryBytesMax: 'largest entry of the log: all sets of one send',
    groupBytesMax: 'largest group of entries that is written and synced at once',
    waitingBytesMax: 'entries that may wait for the disk; beyond, sends are refused as overloaded',
    tailCacheBytes: 'end of the log that is kept in memory for reads',
    checkpointIntervalMs: 'longest time between two checkpoints: bounds what a start reads again',
    minFreeBytes: 'free space under which sends are refused as disk-full',
    spaceCheckIntervalMs: 'how often the free space is looked at',
    slotCountPerFile: 'messages per file of a consume queue; fixed when the data directory is made',
    openFileCountMax: 'files kept open for reading',
  },
  registry: {
    leaseMsMin: 'shortest lease that an instance may ask for',
    leaseMsMax: 'longest lease that an instance may ask for',
    warmUpMs: 'after a start, how long instances have to come back before lists count as complete',
    sweepMs: 'how often leases are looked through',
    pushDelayMs: 'how long changes of a service are gathered before they are pushed',
    instanceCountMax: 'registered instances in all',
    instancesPerConnectionMax: 'registered instances of one connection',
    watcherCountMax: 'open watches in all',
    evictionShareMax: 'largest share of a service that one sweep may expire',
  },
};
