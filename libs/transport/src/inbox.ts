import type { Clock, Socket } from '#platform';
import { FrameReader, HELLO_BYTES_MAX, notRookery, ProtocolError } from '#protocol';

/** Frames handled before other work of the process gets its turn. */
const FRAMES_PER_TURN = 1024;

/** Who gets what the inbox finds. */
export interface InboxEvents {
  /** One whole frame. May throw a ProtocolError. */
  frame(reader: FrameReader): void;
  /** The bytes, or what they mean, break the protocol: nothing more will be read. */
  broken(error: ProtocolError): void;
}

/**
 * Turns chunks into frames, in order. After many frames it pauses the socket and goes on in the next turn of the event loop, so
 * that a peer with much to say does not keep heartbeats and other connections waiting.
 */
export class Inbox {
  private readonly reader = new FrameReader(HELLO_BYTES_MAX);
  private readonly waitingChunks: Buffer[] = [];
  private isYielding = false;
  private isBroken = false;
  private frameCount = 0;

  constructor(
    private readonly socket: Pick<Socket, 'pause' | 'resume'>,
    private readonly clock: Pick<Clock, 'afterIo'>,
    private readonly events: InboxEvents,
  ) {}

  /** True while a frame has begun and not ended. */
  get isMidFrame(): boolean {
    return this.reader.isMidFrame;
  }

  /** The greeting is done: longer frames are taken. */
  raiseLimit(bodyBytesMax: number): void {
    this.reader.bodyBytesMax = bodyBytesMax;
  }

  /** Whole frames are handed out before this returns, unless it is time for others. */
  add(chunk: Buffer): void {
    if (this.isBroken) return;
    if (this.isYielding) {
      this.waitingChunks.push(chunk);
      return;
    }
    this.reader.push(chunk);
    this.read();
  }

  /** Before the greeting a strange length or type means that the peer speaks something else. */
  asStranger(error: ProtocolError): ProtocolError {
    const isStrange = error.code === 'frame-too-large' || error.code === 'unknown-frame';
    return isStrange ? notRookery(this.reader.unread) : error;
  }

  private read(): void {
    try {
      while (this.reader.next()) {
        this.events.frame(this.reader);
        if (++this.frameCount >= FRAMES_PER_TURN) {
          this.yieldTurn();
          return;
        }
      }
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      this.isBroken = true;
      this.waitingChunks.length = 0;
      this.events.broken(error);
    }
  }

  private yieldTurn(): void {
    this.isYielding = true;
    this.frameCount = 0;
    this.socket.pause();
    this.clock.afterIo(this.resume);
  }

  private readonly resume = (): void => {
    this.isYielding = false;
    this.read();
    while (!this.isYielding) {
      const chunk = this.waitingChunks.shift();
      if (chunk === undefined) break;
      this.reader.push(chunk);
      this.read();
    }
    if (!this.isYielding) this.socket.resume();
  };
}
