import { BaseRpcContext } from '@nestjs/microservices';
import type { InboundCall, Metadata } from '#rpc';

/** What a handler may know about its call: the argument of `@Ctx()`. */
export class RookeryContext extends BaseRpcContext<[call: InboundCall, sharesAppConfig: boolean]> {
  /** The route: a text pattern as it was written, an object as JSON with sorted keys. */
  getPattern(): string {
    return this.args[0].route;
  }

  /** Headers of the record and what the caller's dispatch hook attached; keys are lower-case. */
  getMetadata(): Metadata {
    return this.args[0].metadata;
  }

  /** The caller's address, for logs. */
  getRemote(): string {
    return this.args[0].peer.remote;
  }

  /** Time left in ms by the caller's deadline; Infinity if it set none. */
  remainingMs(): number {
    return this.args[0].remainingMs();
  }

  /** Aborted on cancel, deadline and lost connection. Hand it to whatever the handler waits for. */
  get signal(): AbortSignal {
    return this.args[0].signal;
  }
}
