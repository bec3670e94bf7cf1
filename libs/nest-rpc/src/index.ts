// For applications: `rookery/rpc`.

// The framework-free parts that applications write contracts with.
export type {
  CallPolicy,
  ContractMethod,
  Duration,
  MethodOptions,
  PayloadIssue,
  RpcClientMethod,
  RpcCode,
  RpcContract,
  RpcErrorFacts,
  RpcImplementation,
  StandardSchema,
  TypedCallOptions,
} from '#rpc';
export { createContractClient, createRpcChannel, defineContract, method, RPC_CODES, RpcError, stream } from '#rpc';
export type { ConnectedRookery, ConnectRookeryOptions } from './connect-rookery.js';
export { connectRookery, ROOKERY_MQ_STRATEGY } from './connect-rookery.js';
export type { FeatureContract } from './contract/rpc.module.js';
export { RpcModule } from './contract/rpc.module.js';
export type { RpcModuleOptions } from './contract/rpc.module-definition.js';
export type { RpcClientOptions } from './contract/rpc-client.decorator.js';
export { RpcClient } from './contract/rpc-client.decorator.js';
export type { RpcMethodHandler, RpcMethodOptions } from './contract/rpc-method.decorator.js';
export { RpcMethod } from './contract/rpc-method.decorator.js';
export type { RpcServiceOptions } from './contract/rpc-service.decorator.js';
export { RpcService } from './contract/rpc-service.decorator.js';
// For other libraries.
export { nestLogger } from './nest-logger.js';
export { patternRoute } from './pattern-route.js';
export type { RegistrySettings } from './registry-connection.js';
export type { RookeryClientEvents } from './rookery-client.js';
export { RookeryClient } from './rookery-client.js';
export type { RookeryClientOptions } from './rookery-client.options.js';
export { RookeryContext, RookeryContext as RpcContext } from './rookery-context.js';
export type { RookeryRecordOptions } from './rookery-record.js';
export { RookeryRecord, RookeryRecordBuilder } from './rookery-record.js';
export type { RookeryServerEvents, RookeryServerStatus } from './rookery-server.js';
export { RookeryServer } from './rookery-server.js';
export type { RookeryServerLimits, RookeryServerOptions, ServiceSettings } from './rookery-server.options.js';
export { ROOKERY_RPC } from './transport-id.js';
