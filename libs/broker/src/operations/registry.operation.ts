import { operation } from './operation.js';

/** Takes or takes over an instance's lease, bound to the caller's connection. */
export const registerInstance = operation((broker, call) => broker.registry.register(call.payload, call.peer));

/** An instance's heartbeat. */
export const renewInstance = operation((broker, call) => broker.registry.renew(call.payload, call.peer));

/** Takes an instance off the list at once. */
export const deregisterInstance = operation((broker, call) => broker.registry.deregister(call.payload, call.peer));

/** Answers with the list of a service and again after each change. */
export const watchService = operation((broker, call) => broker.registry.watch(call.payload));

/** Answers with the list of a service once. */
export const lookUpService = operation((broker, call) => broker.registry.lookup(call.payload));
