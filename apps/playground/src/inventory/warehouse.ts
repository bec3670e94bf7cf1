import { RpcError } from 'rookery/rpc';

/** The stock of one inventory instance, in memory. Reserving again for the same order gives the same answer. */
export class Warehouse {
  private readonly stock = new Map<string, number>();
  private readonly leftByOrder = new Map<string, number>();

  /** `unitCount` is what every product starts with; products whose name starts with `sold-out` have none. */
  constructor(
    readonly name: string,
    private readonly unitCount: number,
  ) {}

  /**
   * Takes `quantity` units of `sku` for `orderId` and returns how many are left.
   * @throws {RpcError} FAILED_PRECONDITION when there are not enough.
   */
  reserve(orderId: string, sku: string, quantity: number): number {
    const before = this.leftByOrder.get(orderId);
    if (before !== undefined) return before;
    const left = (this.stock.get(sku) ?? this.initialStock(sku)) - quantity;
    if (left < 0) throw new RpcError('FAILED_PRECONDITION', `${sku} is sold out in ${this.name}`);
    this.stock.set(sku, left);
    this.leftByOrder.set(orderId, left);
    return left;
  }

  private initialStock(sku: string): number {
    return sku.startsWith('sold-out') ? 0 : this.unitCount;
  }
}
