import { Agent, request } from 'node:http';

/** Posts orders to the order service over kept-alive HTTP connections. */
export class HttpOrders {
  private readonly agent: Agent;

  constructor(
    private readonly port: number,
    connectionCount: number,
  ) {
    this.agent = new Agent({ keepAlive: true, maxSockets: connectionCount });
  }

  /** The status of POST /orders, or 0 when the connection broke before an answer. */
  post(order: object): Promise<number> {
    const body = JSON.stringify(order);
    return new Promise((resolve) => {
      const call = request(
        {
          agent: this.agent,
          host: '127.0.0.1',
          port: this.port,
          path: '/orders',
          method: 'POST',
          headers: { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) },
        },
        (response) => {
          response.resume();
          response.once('end', () => resolve(response.statusCode ?? 0));
          response.once('error', () => resolve(0));
        },
      );
      call.once('error', () => resolve(0));
      call.end(body);
    });
  }

  /** Closes the connections. */
  close(): void {
    this.agent.destroy();
  }
}
