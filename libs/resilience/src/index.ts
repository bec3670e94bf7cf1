// For rpc and other libraries.
export type { Backoff } from './backoff.js';
export { backoffMs } from './backoff.js';
export { DeadlineWheel, Timed } from './deadline-wheel.js';
export { pickLessLoaded } from './p2c.js';
