// For specs of other libraries: a broker's brain over a store that is told when to be durable.
export { BrokerFixture, leased, testSet } from './broker-fixture.js';
export type { FakeDisk } from './fake-message-store.js';
export { FakeMessageStore, fakeDisk } from './fake-message-store.js';
