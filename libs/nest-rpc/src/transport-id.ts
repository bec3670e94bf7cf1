/**
 * The transport id of Rookery's RPC. Handlers whose decorator names it are bound to `RookeryServer` only, so in a hybrid application
 * none lands on another transport. `Symbol.for`: two copies of this package agree on it.
 */
export const ROOKERY_RPC = Symbol.for('rookery.rpc');
