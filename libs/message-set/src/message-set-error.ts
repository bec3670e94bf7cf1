/** Why a draft cannot become a message set, or a set cannot be decoded. Closed list; see docs/ERRORS.md. */
export type MessageSetErrorCode =
  /** A text, a list or the whole set is longer than the format or `MESSAGE_SET_BYTES_MAX` allows. */
  | 'too-large'
  /** No message, or more than 65535. */
  | 'bad-count'
  /** Not a topic name, see `isTopicName`. */
  | 'bad-topic'
  /** Not in [0, 65535]. */
  | 'bad-queue-id'
  /** Not 32 lower-case hex digits. */
  | 'bad-message-id'
  /** A time, id or sequence is outside its range, or a type, kind or encoding has no number in this version. */
  | 'bad-number'
  /** The bodies are compressed in a way that this version cannot undo. */
  | 'unsupported-compression';

/** A condition of the message given, never a bug of this library. The message names the field and the limit. */
export class MessageSetError extends Error {
  override readonly name = 'MessageSetError';
  constructor(
    readonly code: MessageSetErrorCode,
    detail: string,
  ) {
    super(`[${code}] ${detail}`);
  }
}
