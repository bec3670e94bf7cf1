import { Injectable } from '@nestjs/common';
import type { MqContext } from 'rookery/mq';
import type { OrderPlacedEvent } from '../../contracts/order-placed.topic.js';
import { announceHandled } from './announce.js';
import { ClientHistory, eventCrc } from './client-history.js';

const ANNOUNCE_EVERY = 100;

/** Writes down every order that a consumer got, and every acknowledgement with its answer. */
@Injectable()
export class DeliveryHistory {
  private handledCount = 0;
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly history: ClientHistory) {}

  /** Writes down the delivery, acknowledges it, and writes down how that ended. Resolves when the broker answered. */
  async acknowledge(group: string, event: OrderPlacedEvent, context: MqContext): Promise<void> {
    const { topic, queueId, offset, deliveryAttempt: attempt } = context;
    const slot = { group, topic, queueId, offset, id: event.orderId };
    this.history.write({ op: 'deliver', phase: 'ok', ...slot, attempt, crc: eventCrc(event) });
    this.count();
    try {
      await context.ack();
      this.history.write({ op: 'ack', phase: 'ok', ...slot });
    } catch (error) {
      this.history.write({ op: 'ack', phase: 'info', ...slot, err: String(error) });
    }
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
