import { Injectable } from '@nestjs/common';

/** Points by customer. Delivery is at least once, so an order that was seen is not counted again. */
@Injectable()
export class PointsLedger {
  private readonly pointsByCustomer = new Map<string, number>();
  private readonly orders = new Set<string>();

  award(orderId: string, customerId: string, points: number): void {
    if (this.orders.has(orderId)) return;
    this.orders.add(orderId);
    this.pointsByCustomer.set(customerId, this.pointsOf(customerId) + points);
  }

  pointsOf(customerId: string): number {
    return this.pointsByCustomer.get(customerId) ?? 0;
  }
}
