import type { MessageHandler } from '@nestjs/microservices';
import { type ContractMethod, RpcError } from '#rpc';
import { type MethodMark, methodMark } from './contract/handler-extras.js';

/** One handler of a call or of an event, as Nest gave it. */
export interface BoundHandler {
  readonly route: string;
  readonly run: MessageHandler;
  /** Set when it serves a method of a typed contract. */
  readonly method: ContractMethod | undefined;
}

/**
 * Who handles what: one handler for calls per route, any number for events, and the two kinds may share a route.
 * Built while Nest binds controllers, read when the server starts.
 */
export class HandlerTable {
  private readonly callHandlers = new Map<string, BoundHandler>();
  private readonly eventHandlers: BoundHandler[] = [];
  private readonly served = new Map<string, MethodMark>();

  get calls(): Iterable<BoundHandler> {
    return this.callHandlers.values();
  }

  get events(): Iterable<BoundHandler> {
    return this.eventHandlers;
  }

  /** One mark for each contract that any handler belongs to. */
  get contracts(): Iterable<MethodMark> {
    return this.served.values();
  }

  /** @throws {RpcError} ALREADY_EXISTS when the route has a handler for calls */
  addCall(route: string, run: MessageHandler): void {
    if (this.callHandlers.has(route)) {
      throw new RpcError(
        'ALREADY_EXISTS',
        `two message handlers for the pattern '${route}': a call has one answer. Remove one, or name another transport in its decorator.`,
      );
    }
    const mark = methodMark(run.extras);
    const handler = { route, run, method: mark?.method };
    this.callHandlers.set(route, handler);
    if (mark === undefined) return;
    this.served.set(mark.method.service, mark);
    // The one-way form of a contract's method runs the same handler.
    this.eventHandlers.push(handler);
  }

  addEvent(route: string, run: MessageHandler): void {
    this.eventHandlers.push({ route, run, method: undefined });
  }
}
