import type { Clock } from '../clock.js';
import { SocketError } from '../socket-error.js';
import { MemoryPipe, type PipeLink } from './memory-pipe.js';
import { MemorySocket } from './memory-socket.js';
import type { SeededRandom } from './seeded-random.js';

/** Times of a link, drawn evenly from [minMs, maxMs). Both 0: bytes arrive by themselves, without the clock moving. */
export interface LinkLatency {
  readonly minMs: number;
  readonly maxMs: number;
}

/** Who is at the two ends of a connection: the connecting side first. */
export interface ConnectionEnds {
  readonly hosts: readonly [string, string];
  /** What each side calls the other. */
  readonly remotes: readonly [string, string];
}

interface Connection {
  readonly hosts: readonly [string, string];
  readonly sockets: readonly [MemorySocket, MemorySocket];
  readonly pipes: readonly [MemoryPipe, MemoryPipe];
}

/** Both directions between two hosts, and the connections over them. */
export class MemoryLink implements PipeLink {
  private state: 'up' | 'cut' | 'half-open' = 'up';
  private readonly connections = new Set<Connection>();
  private connectionCount = 0;

  constructor(
    private readonly clock: Clock,
    private readonly random: SeededRandom,
    public latency: LinkLatency,
  ) {}

  get frozen(): boolean {
    return this.state === 'half-open';
  }

  get isCut(): boolean {
    return this.state === 'cut';
  }

  latencyMs(): number {
    return this.latency.minMs + this.random.next() * (this.latency.maxMs - this.latency.minMs);
  }

  cut(): void {
    this.state = 'cut';
    for (const { sockets } of [...this.connections]) {
      for (const socket of sockets) {
        socket.breakOff(new SocketError('reset', `connection to ${socket.remote}: the link is cut`));
      }
    }
  }

  halfOpen(): void {
    this.state = 'half-open';
  }

  heal(): void {
    this.state = 'up';
    for (const { pipes } of this.connections) for (const pipe of pipes) pipe.thaw();
  }

  /** Both ends of a new connection: the connecting side's socket first. */
  join({ hosts, remotes }: ConnectionEnds): readonly [MemorySocket, MemorySocket] {
    const closed = () => {
      // A pipe may still carry the end of one side to the other, so the connection is kept until both are closed.
      if (sockets.every((socket) => socket.isClosed)) this.connections.delete(connection);
    };
    const near = new MemorySocket(this.clock, remotes[0], closed);
    const far = new MemorySocket(this.clock, remotes[1], closed);
    const sockets = [near, far] as const;
    const random = this.random.fork(`connection ${++this.connectionCount}`);
    const there = new MemoryPipe(this.clock, random.fork('there'), this, near.pipeEvents, far.pipeEvents);
    const back = new MemoryPipe(this.clock, random.fork('back'), this, far.pipeEvents, near.pipeEvents);
    near.attach(there, back);
    far.attach(back, there);
    const connection: Connection = { hosts, sockets, pipes: [there, back] };
    this.connections.add(connection);
    return sockets;
  }

  /** Silences the sockets of a killed process and resets their peers. */
  kill(host: string): void {
    for (const { hosts, sockets } of [...this.connections]) {
      if (hosts[0] === host) sockets[0].vanish();
      if (hosts[1] === host) sockets[1].vanish();
    }
  }
}
