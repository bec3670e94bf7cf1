import { crc32 } from 'node:zlib';
import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import type { HistoryEntry } from '../../../../../test/history/history-event.js';
import { type HistoryWriter, openHistory } from '../../../../../test/history/history-writer.js';
import type { OrderPlacedEvent } from '../../contracts/order-placed.topic.js';

/**
 * What this process did with messages, written down for the verdict at the end of the demo. Started by hand, outside the demo, it writes nothing.
 */
@Injectable()
export class ClientHistory implements OnApplicationShutdown {
  private readonly writer: HistoryWriter | undefined = openFromEnvironment();

  write(entry: HistoryEntry): void {
    this.writer?.write(entry);
  }

  onApplicationShutdown(): void {
    this.writer?.close();
  }
}

function openFromEnvironment(): HistoryWriter | undefined {
  const { ROOKERY_DEMO_HISTORY: path, ROOKERY_DEMO_NAME: name } = process.env;
  return path === undefined || name === undefined ? undefined : openHistory(path, name);
}

/** A checksum of an event's content, equal at its sender and at every receiver. */
export function eventCrc({ orderId, customerId, sku, quantity, warehouse }: OrderPlacedEvent): number {
  return crc32(JSON.stringify([orderId, customerId, sku, quantity, warehouse]));
}
