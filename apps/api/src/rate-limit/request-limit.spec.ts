import Fastify, { type FastifyInstance, type LightMyRequestResponse } from 'fastify';
import pino from 'pino';
import { ProblemDetailsFilter } from '../http/problem-details.filter';
import { limitRequests, type RequestLimitOptions } from './request-limit';

const servers: FastifyInstance[] = [];
afterEach(() => Promise.all(servers.splice(0).map((server) => server.close())));

async function serverWith(options: Partial<RequestLimitOptions>): Promise<FastifyInstance> {
  const server = Fastify();
  servers.push(server);
  await limitRequests(server, new ProblemDetailsFilter(pino({ level: 'silent' })), {
    perMinute: 2,
    keyOf: () => null,
    isExempt: () => false,
    counter: null,
    ...options,
  });
  server.get('/', () => 'here');
  return server;
}

function ask(server: FastifyInstance, remoteAddress = '192.0.2.1'): Promise<LightMyRequestResponse> {
  return server.inject({ url: '/', remoteAddress });
}

async function statuses(server: FastifyInstance, addresses: readonly string[]): Promise<number[]> {
  const found: number[] = [];
  for (const address of addresses) found.push((await ask(server, address)).statusCode);
  return found;
}

describe('The limit of requests', () => {
  it('is that of each client by itself', async () => {
    const server = await serverWith({});

    const found = await statuses(server, ['192.0.2.1', '192.0.2.1', '192.0.2.1', '192.0.2.2', '192.0.2.1']);

    expect(found).toEqual([200, 200, 429, 200, 429]);
  });

  it('tells what is left, and when all of it is there again', async () => {
    const server = await serverWith({});

    const { headers } = await ask(server);

    expect(headers).toMatchObject({ 'ratelimit-limit': '2', 'ratelimit-remaining': '1', 'ratelimit-reset': '60' });
  });

  it('ends with the minute that began with the first request', async () => {
    jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask'] });
    try {
      const server = await serverWith({});
      const before = await statuses(server, ['192.0.2.1', '192.0.2.1', '192.0.2.1']);
      jest.advanceTimersByTime(59_000);
      const late = await ask(server);
      jest.advanceTimersByTime(1000);

      expect(before).toEqual([200, 200, 429]);
      expect([late.statusCode, late.headers['retry-after']]).toEqual([429, '1']);
      expect((await ask(server)).statusCode).toBe(200);
    } finally {
      jest.useRealTimers();
    }
  });

  it('remembers so many clients and no more: the one that has asked for nothing for longest is forgotten', async () => {
    const server = await serverWith({ perMinute: 1, manyClients: 100 });
    const others = Array.from({ length: 100 }, (_, index) => `198.51.100.${index}`);

    const first = await statuses(server, ['192.0.2.1', '192.0.2.1', ...others.slice(1)]);
    const stillKnown = (await ask(server)).statusCode;
    await statuses(server, others);

    expect(first.slice(0, 3)).toEqual([200, 429, 200]);
    expect(stillKnown).toBe(429);
    expect((await ask(server)).statusCode).toBe(200);
  });

  it('is none where it is 0', async () => {
    const server = await serverWith({ perMinute: 0 });

    const answers = await Promise.all(Array.from({ length: 50 }, () => ask(server)));

    expect(new Set(answers.map(({ statusCode }) => statusCode))).toEqual(new Set([200]));
    expect(answers[0]?.headers).not.toHaveProperty('ratelimit-limit');
  });
});
