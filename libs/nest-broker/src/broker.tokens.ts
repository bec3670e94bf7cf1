/** Injects the `Broker` of `BrokerModule`. `Symbol.for`: two copies of this package agree on it. */
export const BROKER = Symbol.for('rookery.broker');
