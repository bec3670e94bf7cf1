import type { Deserializer, Serializer } from '@nestjs/microservices';
import { AnswerStream } from '#rpc';
import { handlerFailure } from './handler-failure.js';

/** Nest's serializer and deserializer of a server, when the user gave their own. */
export interface ServerPackets {
  readonly serializer: Serializer | undefined;
  readonly deserializer: Deserializer | undefined;
}

/** The payload as the user's deserializer makes it. It sees `{ pattern, data }`; a result without `data` is the payload itself. */
export async function incomingPayload(packets: ServerPackets, route: string, data: unknown): Promise<unknown> {
  if (packets.deserializer === undefined) return data;
  const packet: unknown = await packets.deserializer.deserialize({ pattern: route, data }, { channel: route });
  return isObject(packet) && 'data' in packet ? packet.data : packet;
}

/** The answer with each of its values, and its failure, run through the user's serializer. It sees `{ response }` or `{ err }`. */
export function outgoingAnswer(packets: ServerPackets, answer: unknown): unknown {
  const { serializer } = packets;
  if (serializer === undefined) return answer;
  const outgoing = (value: unknown, isLast: boolean): unknown => {
    const packet: unknown = serializer.serialize({ response: value, isDisposed: isLast });
    return isObject(packet) && 'response' in packet ? packet.response : packet;
  };
  if (!(answer instanceof AnswerStream)) return outgoing(answer, true);
  return new AnswerStream((sink) =>
    answer.start({
      value: (value, isLast) => sink.value(outgoing(value, isLast), isLast),
      complete: () => sink.complete(),
      error: (error) => sink.error(outgoingFailure(serializer, error)),
    }),
  );
}

function outgoingFailure(serializer: Serializer, error: unknown): unknown {
  const failure = handlerFailure(error);
  if (!failure.isValue) return failure;
  const packet: unknown = serializer.serialize({ err: failure.details, isDisposed: true });
  return handlerFailure(isObject(packet) && 'err' in packet ? packet.err : packet);
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
