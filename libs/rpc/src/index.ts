// For applications.
export type { AnswerSink } from './answer.js';
export { AnswerStream } from './answer.js';
// Typed contracts.
export type { CallPolicy, TypedCallOptions } from './contract/call-policy.js';
export { resolveCallPolicy } from './contract/call-policy.js';
export type { PayloadIssue } from './contract/check-value.js';
export { checkInput, checkOutput } from './contract/check-value.js';
export type { ContractMethod, ContractOptions, RpcContract, TypesOf } from './contract/contract.js';
export { defineContract } from './contract/contract.js';
export type { ContractClientPolicies, RpcClientMethod, RpcClientOf } from './contract/contract-client.js';
export { createContractClient } from './contract/contract-client.js';
export type { Duration } from './contract/duration.js';
export { durationMs, tryDurationMs } from './contract/duration.js';
export type { MethodOptions, MethodSpec, SchemaMethodOptions } from './contract/method.js';
export { method, stream } from './contract/method.js';
export type { MethodTypes, PlainTypes, SchemaTypes } from './contract/payload-views.js';
export type { RpcAnswer, RpcImplementation } from './contract/rpc-implementation.js';
export type { Schema, SchemaClass, SchemaInput, SchemaOutput, StandardSchema } from './contract/schema.js';
export { standardSchemaOf } from './contract/standard-schema-of.js';
export { createRpcChannel } from './create-rpc-channel.js';
export { createRpcServer } from './create-rpc-server.js';
// For other libraries.
export type { Directory, Endpoint } from './directory.js';
export type { InboundCall, Metadata, Peer } from './inbound-call.js';
export { formatRookeryUrl, parseRookeryUrl } from './rookery-url.js';
export type { CallOptions, ChannelStatus, CodecName, RpcChannel } from './rpc-channel.js';
export type { RpcChannelOptions, RpcChannelSettings } from './rpc-channel.options.js';
export type { RpcCode, RpcErrorFacts } from './rpc-error.js';
export { RPC_CODES, RpcError } from './rpc-error.js';
export type { RpcHandler, RpcServer } from './rpc-server.js';
export type { RpcServerOptions, RpcServerSettings } from './rpc-server.options.js';
