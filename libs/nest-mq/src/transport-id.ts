/**
 * The transport id of Rookery's queue. Handlers whose decorator names it are bound to `RookeryMqServer` only, so in a hybrid application
 * none lands on the RPC server. `Symbol.for`: two copies of this package agree on it.
 */
export const ROOKERY_MQ = Symbol.for('rookery.mq');
