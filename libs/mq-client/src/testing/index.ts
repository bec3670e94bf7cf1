// For specs of this library and of those above it.
export type { FakeFault, SeenRequest } from './fake-broker.js';
export { FakeBroker } from './fake-broker.js';
