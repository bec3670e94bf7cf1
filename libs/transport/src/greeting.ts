import {
  chooseVersion,
  encodeHelloFrame,
  type FrameReader,
  FrameType,
  type HelloFields,
  notRookery,
  PROTOCOL_VERSION_MAX,
  PROTOCOL_VERSION_MIN,
  ProtocolError,
  readError,
  readHello,
} from '#protocol';
import type { Connection, FrameReceiver } from './connection.js';
import { TransportError } from './transport-error.js';

const INVALID_ARGUMENT = 3;
const FAILED_PRECONDITION = 9;

/** How a greeting ended for the side that waits for it. */
export interface GreetingResult {
  /** The peer's HELLO was taken; the connection waits for `open`, in this call. */
  greeted(peer: HelloFields): void;
  /** It failed and the connection is gone. `code` is gRPC's number if the peer gave one. */
  failed(error: TransportError, code: number | undefined): void;
}

/** The client's half: says HELLO as soon as `start` is called, then waits for the server's. */
export class ClientGreeting implements FrameReceiver {
  private connection: Connection | undefined = undefined;
  private refusal: { error: TransportError; code: number } | undefined = undefined;

  constructor(
    private readonly own: HelloFields,
    private readonly result: GreetingResult,
  ) {}

  start(connection: Connection): void {
    this.connection = connection;
    const hello = { versionMin: PROTOCOL_VERSION_MIN, versionMax: PROTOCOL_VERSION_MAX, fields: this.own };
    connection.outbox.append(encodeHelloFrame(hello));
    connection.written();
  }

  frame(reader: FrameReader): void {
    if (reader.type === FrameType.error) {
      const { message, code } = readError(reader.buffer, reader.start, reader.end);
      const remote = this.connection?.remote ?? '';
      this.refusal = { error: new TransportError('refused-greeting', `${remote}: ${message}`), code };
      this.connection?.fail(this.refusal.error);
      return;
    }
    if (reader.type !== FrameType.hello) throw notRookery(reader.buffer.subarray(reader.start, reader.end));
    const hello = readHello(reader.buffer, reader.start, reader.end);
    chooseVersion(hello, PROTOCOL_VERSION_MIN, PROTOCOL_VERSION_MAX);
    this.result.greeted(hello.fields);
  }

  closed(error: TransportError): void {
    this.result.failed(this.refusal?.error ?? error, this.refusal?.code);
  }
}

/** The server's half: waits for the client's HELLO, lets `admit` judge it, and answers. */
export class ServerGreeting implements FrameReceiver {
  private connection: Connection | undefined = undefined;

  constructor(
    private readonly own: HelloFields,
    /** An error to refuse the client with, or undefined; `code` is gRPC's number. */
    private readonly admit: (peer: HelloFields) => { error: Error; code: number } | undefined,
    private readonly result: GreetingResult,
  ) {}

  start(connection: Connection): void {
    this.connection = connection;
  }

  frame(reader: FrameReader): void {
    const { connection } = this;
    if (connection === undefined) return;
    if (reader.type !== FrameType.hello) throw notRookery(reader.buffer.subarray(reader.start, reader.end));
    try {
      const hello = readHello(reader.buffer, reader.start, reader.end);
      const version = chooseVersion(hello, PROTOCOL_VERSION_MIN, PROTOCOL_VERSION_MAX);
      const objection = this.admit(hello.fields);
      if (objection !== undefined) {
        connection.refuse(objection.error, objection.code);
        return;
      }
      connection.outbox.append(encodeHelloFrame({ versionMin: version, versionMax: version, fields: this.own }));
      connection.written();
      this.result.greeted(hello.fields);
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      connection.refuse(error, error.code === 'version-mismatch' ? FAILED_PRECONDITION : INVALID_ARGUMENT);
    }
  }

  closed(error: TransportError): void {
    this.result.failed(error, undefined);
  }
}
