import { Injectable } from '@nestjs/common';
import { MqError, type SendReceipt } from 'rookery/mq';
import type { OrderPlacedEvent } from '../contracts/order-placed.topic.js';
import { ClientHistory, eventCrc } from '../demo/child/client-history.js';

/** Writes down every send of an order: that it began, and whether it ended placed, failed or unknown. */
@Injectable()
export class SendHistory {
  /** Sends that began and have not ended. */
  openCount = 0;

  constructor(private readonly history: ClientHistory) {}

  /** Runs `send` between two lines of history; passes on its result or its error. */
  async record(event: OrderPlacedEvent, send: () => Promise<SendReceipt>): Promise<SendReceipt> {
    const id = event.orderId;
    this.openCount += 1;
    this.history.write({ op: 'send', phase: 'invoke', id, topic: 'orders', crc: eventCrc(event) });
    try {
      const receipt = await send();
      const { topic, queueId, offset } = receipt;
      this.history.write({ op: 'send', phase: 'ok', id, topic, queueId, offset });
      return receipt;
    } catch (error) {
      const isCertain = error instanceof MqError && error.outcome === 'failed';
      this.history.write({ op: 'send', phase: isCertain ? 'fail' : 'info', id, topic: 'orders', err: String(error) });
      throw error;
    } finally {
      this.openCount -= 1;
    }
  }
}
