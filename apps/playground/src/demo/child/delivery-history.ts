import { Injectable } from '@nestjs/common';
import type { MqContext } from 'rookery/mq';
import type { OrderPlacedEvent } from '../../contracts/order-placed.topic.js';
import { announceHandled } from './announce.js';
import { ClientHistory, eventCrc } from './client-history.js';

const ANNOUNCE_EVERY = 100;

/** Writes down every order that a consumer got. */
@Injectable()
export class DeliveryHistory {
  private handledCount = 0;
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly history: ClientHistory) {}

  /** Writes down that a handler of `group` was entered with `event`. */
  record(group: string, event: OrderPlacedEvent, context: MqContext): void {
    const { topic, queueId, offset, deliveryAttempt: attempt } = context;
    const slot = { group, topic, queueId, offset, id: event.orderId };
    this.history.write({ op: 'deliver', phase: 'ok', ...slot, attempt, crc: eventCrc(event) });
    this.count();
  }

  /** Tells the demo in steps, and the rest a moment after the last message. */
  private count(): void {
    this.handledCount += 1;
    if (this.handledCount % ANNOUNCE_EVERY === 0) announceHandled(this.handledCount);
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      announceHandled(this.handledCount);
    }, 50);
  }
}
