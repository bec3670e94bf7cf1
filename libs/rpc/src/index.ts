// For applications.
export type { AnswerSink } from './answer.js';
export { AnswerStream } from './answer.js';
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
