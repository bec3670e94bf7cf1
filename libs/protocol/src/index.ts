// For transport and rpc: frames.

// For everybody: values and errors.
export type { Codec } from './codec.js';
export { codecById, codecByName, codecFor, RAW_CODEC_ID } from './codecs.js';
export type { ErrorFields } from './error.frame.js';
export { encodeErrorFrame, readError } from './error.frame.js';
export { FrameFlag, FrameType, HEADER_BYTES, writeHeader } from './frame-header.frame.js';
export { FrameReader } from './frame-reader.js';
export type { Hello, HelloFields } from './hello.frame.js';
export {
  chooseVersion,
  encodeHelloFrame,
  HELLO_BYTES_MAX,
  notRookery,
  PROTOCOL_VERSION,
  readHello,
} from './hello.frame.js';
export type { MetadataPairs } from './metadata.frame.js';
export { encodeMetadata, METADATA_NONE } from './metadata.frame.js';
export type { ProtocolErrorCode } from './protocol-error.js';
export { ProtocolError } from './protocol-error.js';
export type { RequestHead } from './request.frame.js';
export {
  RequestFields,
  ROUTE_BYTES_MAX,
  ROUTE_COUNT_MAX,
  ROUTE_UNNUMBERED,
  requestBits,
  requestHeadBytes,
  writeRequestHead,
} from './request.frame.js';
export { encodeTraceparent } from './trace-context.frame.js';
export type { WindowGrant } from './window.frame.js';
export { readWindow, WINDOW_FRAME_BYTES, writeWindow } from './window.frame.js';
