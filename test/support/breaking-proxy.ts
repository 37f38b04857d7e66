import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** Leads to a Redis, and breaks its first connection as soon as a client has made sure that the server is ready. */
export class BreakingProxy {
  private readonly sockets = new Set<Socket>();
  private connections = 0;

  private constructor(private readonly server: Server) {}

  static async before(redisUrl: string): Promise<BreakingProxy> {
    const { hostname, port } = new URL(redisUrl);
    const server = createServer();
    const proxy = new BreakingProxy(server);
    server.on('connection', (client) => {
      const first = ++proxy.connections === 1;
      let answered = false;
      const target = connect(Number(port), hostname);
      proxy.sockets.add(client).add(target);
      client.on('data', (bytes) => {
        if (first && answered) client.destroy();
        else target.write(bytes);
      });
      target.on('data', (bytes) => {
        answered ||= bytes.includes('redis_version');
        client.write(bytes);
      });
      for (const [one, other] of [
        [client, target],
        [target, client],
      ] as const) {
        one.on('error', () => undefined);
        one.on('close', () => other.destroy());
      }
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return proxy;
  }

  get url(): string {
    return `redis://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** How many connections there were. */
  get seen(): number {
    return this.connections;
  }

  async close(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    this.server.close();
    await once(this.server, 'close');
  }
}
