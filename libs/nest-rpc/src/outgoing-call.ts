import type { ReadPacket, Serializer } from '@nestjs/microservices';
import type { CallOptions, Metadata } from '#rpc';
import { patternRoute } from './pattern-route.js';
import { RookeryRecord } from './rookery-record.js';

/** A Nest packet as the channel takes it. */
export interface OutgoingCall {
  readonly route: string;
  readonly payload: unknown;
  /** Undefined = the channel's defaults. */
  readonly options: CallOptions | undefined;
}

/** The packet of a plain call without anything special: the hot path makes one object. */
export function outgoingCall(packet: ReadPacket): OutgoingCall {
  const { data, metadata } = packet;
  const route = patternRoute(packet.pattern);
  if (!(data instanceof RookeryRecord)) {
    return { route, payload: data, options: metadata === undefined ? undefined : { metadata: lowerCased(metadata) } };
  }
  const { headers, timeoutMs } = data.options;
  const all = headers === undefined && metadata === undefined ? undefined : lowerCased({ ...headers, ...metadata });
  return { route, payload: data.data, options: { timeoutMs, metadata: all } };
}

/** The same through the user's serializer. It sees the packet with the record unpacked; a result without `data` is the payload itself. */
export function serializedCall(packet: ReadPacket, serializer: Serializer): OutgoingCall {
  const call = outgoingCall(packet);
  const result: unknown = serializer.serialize({ ...packet, data: call.payload });
  if (typeof result !== 'object' || result === null || !('data' in result)) return { ...call, payload: result };
  const route = 'pattern' in result ? patternRoute(result.pattern) : call.route;
  return { ...call, route, payload: result.data };
}

/** Metadata keys travel in lower case, so that a handler finds them however the caller wrote them. */
function lowerCased(metadata: Readonly<Record<string, unknown>>): Metadata {
  const lower: Record<string, string> = {};
  for (const [key, value] of Object.entries(metadata)) {
    if (value !== undefined && value !== null) lower[key.toLowerCase()] = String(value);
  }
  return lower;
}
