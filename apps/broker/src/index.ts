// For libs/cli, which loads this lazily. Nothing here loads Nest before a broker is started.
export { printBrokerConfig } from './print-broker-config.js';
export { runBroker } from './run-broker.js';
