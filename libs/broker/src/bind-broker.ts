import { MQ_ROUTES } from '#mq-protocol';
import { REGISTRY_ROUTES } from '#registry';
import type { RpcServer } from '#rpc';
import type { Broker } from './broker.js';
import type { BrokerOperation } from './operations/operation.js';
import { ackMessages, extendLease, nackMessages, receiveMessages } from './operations/receive-and-ack.operation.js';
import {
  deregisterInstance,
  lookUpService,
  registerInstance,
  renewInstance,
  watchService,
} from './operations/registry.operation.js';
import { sendMessages } from './operations/send.operation.js';
import {
  createTopic,
  describeGroup,
  describeTopic,
  listGroups,
  listTopics,
} from './operations/topics-and-groups.operation.js';

type Routes = typeof MQ_ROUTES & typeof REGISTRY_ROUTES;

/** Every remote operation by its route. A route without an operation does not compile. */
export const brokerOperations = {
  [MQ_ROUTES.send]: sendMessages,
  [MQ_ROUTES.receive]: receiveMessages,
  [MQ_ROUTES.ack]: ackMessages,
  [MQ_ROUTES.nack]: nackMessages,
  [MQ_ROUTES.extend]: extendLease,
  [MQ_ROUTES.createTopic]: createTopic,
  [MQ_ROUTES.describeTopic]: describeTopic,
  [MQ_ROUTES.listTopics]: listTopics,
  [MQ_ROUTES.describeGroup]: describeGroup,
  [MQ_ROUTES.listGroups]: listGroups,
  [REGISTRY_ROUTES.register]: registerInstance,
  [REGISTRY_ROUTES.renew]: renewInstance,
  [REGISTRY_ROUTES.deregister]: deregisterInstance,
  [REGISTRY_ROUTES.watch]: watchService,
  [REGISTRY_ROUTES.lookup]: lookUpService,
} satisfies Record<Routes[keyof Routes], BrokerOperation>;

/** Serves every operation of `broker` at `server`, before it listens: a broker without Nest, as the simulation and embedding run it. */
export function bindBroker(broker: Broker, server: RpcServer): void {
  for (const [route, operation] of Object.entries<BrokerOperation>(brokerOperations)) {
    server.onCall(route, (call) => operation(broker, call));
  }
}
