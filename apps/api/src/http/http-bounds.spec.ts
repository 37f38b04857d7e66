import { once } from 'node:events';
import { request } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import Fastify, { type FastifyInstance } from 'fastify';
import pino from 'pino';
import { toConfig } from '@app/config';
import { boundConnections, fastifyBounds, HTTP_BOUNDS, type HttpBounds } from '@app/runtime';
import { answerBrokenRequest } from './broken-requests';

/** The bounds of the application, a fiftieth as long. */
const BOUNDS: HttpBounds = {
  headersMs: 300,
  requestMs: 600,
  checkEveryMs: 40,
  idleMs: 1000,
  silenceMs: 1200,
  connections: 50,
};
/** Beyond what a bound says, on a busy machine. */
const LATE_MS = 10_000;

const opened: Socket[] = [];
let server: FastifyInstance;
let port: number;

beforeEach(async () => {
  server = Fastify({ ...fastifyBounds(BOUNDS), clientErrorHandler: answerBrokenRequest });
  server.get('/', () => 'here');
  server.post('/', () => 'taken');
  server.get('/slow', async () => {
    await sleep(900);
    return 'late';
  });
  server.get('/stream', (_request, reply) => {
    const beats = async function* (): AsyncGenerator<string> {
      for (let beat = 0; beat < 12; beat++) {
        await sleep(200);
        yield `${beat} `;
      }
    };
    return reply.type('text/plain').send(Readable.from(beats()));
  });
  server.get('/large', () => 'x'.repeat(64 * 1024 * 1024));
  boundConnections(server.server, pino({ level: 'silent' }), BOUNDS);
  await server.listen({ port: 0, host: '127.0.0.1' });
  port = (server.server.address() as AddressInfo).port;
});
afterEach(async () => {
  for (const socket of opened.splice(0)) socket.destroy();
  await server.close();
});

async function open(): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  opened.push(socket);
  // a connection that is refused or reset is what some of these tests are about
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  return socket;
}

/** All that the server sends until it closes the connection. @throws Error where it does not */
async function closedWithin(socket: Socket, ms: number): Promise<string> {
  const timer = setTimeout(() => socket.destroy(new Error(`The connection is still open after ${ms} ms`)), ms);
  return text(socket).finally(() => {
    clearTimeout(timer);
  });
}

async function statusOf(path: string): Promise<number | undefined> {
  const sent = request({ port, host: '127.0.0.1', path, agent: false }).end();
  const [response] = (await once(sent, 'response')) as [Readable & { statusCode?: number }];
  response.resume();
  return response.statusCode;
}

const HEAD = 'Host: localhost\r\n';

describe('A client that takes too long', () => {
  it.each([
    ['to begin', ''],
    ['for the first line', 'GET / HT'],
    ['for the headers', `GET / HTTP/1.1\r\n${HEAD}X-`],
  ])('%s is told so, and the connection is closed', async (_, sent) => {
    const socket = await open();
    socket.write(sent);

    const answer = await closedWithin(socket, BOUNDS.headersMs + LATE_MS);

    expect(answer).toMatch(/^HTTP\/1\.1 408 Request Timeout\r\n/);
    expect(answer).toContain('"code":"REQUEST_TIMEOUT"');
  });

  it('for the headers is told so even if it goes on sending some', async () => {
    const socket = await open();
    socket.write(`GET / HTTP/1.1\r\n${HEAD}`);
    const drip = setInterval(() => socket.write('X-Drip: drop\r\n'), 50);

    const answer = await closedWithin(socket, BOUNDS.headersMs + LATE_MS).finally(() => {
      clearInterval(drip);
    });

    expect(answer).toMatch(/^HTTP\/1\.1 408 /);
  });

  it('for a body is told so, though it goes on sending it', async () => {
    const socket = await open();
    socket.write(`POST / HTTP/1.1\r\n${HEAD}Content-Type: application/json\r\nContent-Length: 1000\r\n\r\n`);
    const drip = setInterval(() => socket.write('1'), 50);

    const answer = await closedWithin(socket, BOUNDS.requestMs + LATE_MS).finally(() => {
      clearInterval(drip);
    });

    expect(answer).toMatch(/^HTTP\/1\.1 408 /);
    expect(answer.match(/HTTP\/1\.1/g)).toHaveLength(1);
  });

  it('for another request loses the connection, without a word', async () => {
    const socket = await open();
    socket.write(`GET / HTTP/1.1\r\n${HEAD}\r\n`);

    const answer = await closedWithin(socket, BOUNDS.idleMs + 1000 + LATE_MS);

    expect(answer).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    expect(answer).not.toContain('408');
  });

  it('to take its answer loses the connection', async () => {
    const socket = await open();
    socket.pause();
    socket.write(`GET /large HTTP/1.1\r\n${HEAD}\r\n`);
    await sleep(300);
    const before = await connections();

    expect(before).toBe(1);
    await noConnectionsWithin(BOUNDS.silenceMs + LATE_MS);
  });

  it('keeps nobody else from being answered', async () => {
    for (let one = 0; one < BOUNDS.connections - 10; one++) (await open()).write(`GET / HTTP/1.1\r\n${HEAD}X-`);

    expect(await statusOf('/')).toBe(200);
  });
});

describe('An answer that takes its time', () => {
  it('may wait for a pull and for the LLM as long as can be configured', () => {
    const longest = { ONET_PULL_WAIT_MS: '60000', LLM_WAIT_MS: '60000' };
    const { onetPullWaitMs, llm } = toConfig(longest);

    expect(HTTP_BOUNDS.silenceMs).toBeGreaterThan(onetPullWaitMs + llm.waitMs);
    expect(() => toConfig({ ...longest, LLM_WAIT_MS: '60001' })).toThrow();
    expect(() => toConfig({ ...longest, ONET_PULL_WAIT_MS: '60001' })).toThrow();
  });

  it('is not cut because it is long in coming', async () => {
    expect(await statusOf('/slow')).toBe(200);
  });

  it('is not cut as long as something of it comes now and then', async () => {
    const sent = request({ port, host: '127.0.0.1', path: '/stream', agent: false }).end();
    const [response] = (await once(sent, 'response')) as [Readable];

    expect(await text(response)).toBe('0 1 2 3 4 5 6 7 8 9 10 11 ');
  });
});

describe('Connections', () => {
  it('beyond the bound are closed at once, and those within it are served', async () => {
    const first = await open();
    for (let one = 1; one < BOUNDS.connections; one++) await open();

    const beyond = await closedWithin(await open(), LATE_MS);
    first.write(`GET / HTTP/1.1\r\n${HEAD}Connection: close\r\n\r\n`);

    expect(beyond).toBe('');
    expect(await closedWithin(first, LATE_MS)).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
  });

  it('are there again for others once idle ones were closed', async () => {
    for (let one = 0; one < BOUNDS.connections; one++) await open();
    await noConnectionsWithin(BOUNDS.headersMs + LATE_MS);

    expect(await statusOf('/')).toBe(200);
  });
});

/** @throws Error where some are left */
async function noConnectionsWithin(ms: number): Promise<void> {
  const deadline = performance.now() + ms;
  while ((await connections()) > 0) {
    if (performance.now() > deadline) throw new Error(`There are still connections after ${ms} ms`);
    await sleep(20);
  }
}

function connections(): Promise<number> {
  return new Promise((resolve, reject) => {
    server.server.getConnections((error, count) => {
      if (error === null) resolve(count);
      else reject(error);
    });
  });
}
