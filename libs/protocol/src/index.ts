// For transport and rpc: frames.

export { chooseVersion, PROTOCOL_VERSION_MAX, PROTOCOL_VERSION_MIN } from './choose-version.js';
// For everybody: values and errors.
export type { Codec } from './codec.js';
export { codecById, codecByName, codecFor, RAW_CODEC_ID } from './codecs.js';
export type { ErrorFields } from './error.frame.js';
export { encodeErrorFrame, readError } from './error.frame.js';
export { FrameFlag, FrameType, HEADER_BYTES, writeHeader } from './frame-header.frame.js';
export { FrameReader } from './frame-reader.js';
export type { Hello, HelloFields } from './hello.frame.js';
export { encodeHelloFrame, HELLO_BYTES_MAX, notRookery, readHello } from './hello.frame.js';
export type { MetadataPairs } from './metadata.frame.js';
export { encodeMetadata, METADATA_NONE } from './metadata.frame.js';
export type { ProtocolErrorCode } from './protocol-error.js';
export { ProtocolError } from './protocol-error.js';
export type { RequestHead } from './request.frame.js';
export { RequestFields, requestBits, requestHeadBytes, writeRequestHead } from './request.frame.js';
export { ROUTE_BYTES_MAX, ROUTE_COUNT_MAX, ROUTE_UNNUMBERED } from './route-limits.js';
export { encodeTraceparent } from './trace-context.frame.js';
export type { WindowGrant } from './window.frame.js';
export { readWindow, WINDOW_FRAME_BYTES, writeWindow } from './window.frame.js';
