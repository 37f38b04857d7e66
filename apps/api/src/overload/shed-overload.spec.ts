import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { setImmediate as nextTurn } from 'node:timers/promises';
import pino from 'pino';
import { Metrics } from '@app/metrics';
import { EXPOSED_HEADERS } from '../http/answer-headers';
import { OVERLOAD_LIMITS, OverloadGate } from './overload-gate';
import { shedOverload } from './shed-overload';

const ORIGIN = 'https://app.example.org';

describe('An overloaded server', () => {
  let server: Server;
  let metrics: Metrics;
  let logged: string[];
  let url: string;
  /** Requests that reached what serves them. */
  let served: string[];

  async function start(corsOrigins: readonly string[], recent = 0): Promise<void> {
    metrics = new Metrics();
    logged = [];
    served = [];
    server = createServer((request, response) => {
      served.push(request.url ?? '');
      if (request.url !== '/never') response.end('served');
    });
    const logger = pino({ level: 'warn' }, { write: (line: string) => logged.push(line) });
    const gate = new OverloadGate({ ...OVERLOAD_LIMITS, recent });
    shedOverload(server, { metrics, logger, corsOrigins, gate });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  async function restart(corsOrigins: readonly string[], recent?: number): Promise<void> {
    server.closeAllConnections();
    server.close();
    await start(corsOrigins, recent);
  }

  beforeEach(() => start(['*']));

  afterEach(async () => {
    jest.useRealTimers();
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  });

  it('answers a request that names the server as one that does not', async () => {
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    socket.write('GET http://elsewhere.example/api/v1/skills?x HTTP/1.1\r\nHost: api\r\nConnection: close\r\n\r\n');

    expect(await text(socket)).toContain('"instance":"/api/v1/skills"');
  });

  it('answers at once with a problem, and when to try again', async () => {
    const answer = await fetch(`${url}/api/v1/skill-gap?from=1`, { headers: { 'x-request-id': 'mine' } });

    expect(answer.status).toBe(503);
    expect(await answer.json()).toEqual({
      type: 'urn:problem:overloaded',
      title: 'The service is overloaded',
      status: 503,
      detail: 'The server has more requests than it can answer in time. Try again shortly.',
      instance: '/api/v1/skill-gap',
      code: 'OVERLOADED',
      request_id: 'mine',
    });
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'content-type': 'application/problem+json; charset=utf-8',
      'retry-after': '5',
      'x-content-type-options': 'nosniff',
      'x-request-id': 'mine',
      'access-control-allow-origin': '*',
      'access-control-expose-headers': EXPOSED_HEADERS.join(', '),
    });
    expect(served).toEqual([]);
  });

  it('stays an answer of JSON whatever stands in the path', async () => {
    const answer = await fetch(`${url}/%22/'\\"é?q="`);

    expect(await answer.json()).toMatchObject({ code: 'OVERLOADED', request_id: answer.headers.get('x-request-id') });
  });

  it.each(['/health', '/health/ready', '/health?x=1', '/metrics'])('still serves %s', async (path) => {
    const answer = await fetch(url + path);

    expect([answer.status, await answer.text()]).toEqual([200, 'served']);
  });

  it('does not serve what only looks like that', async () => {
    expect((await fetch(`${url}/healthy`)).status).toBe(503);
  });

  it('takes a body that it does not read, and the next request on the same connection', async () => {
    const body = 'x'.repeat(100_000);
    for (let i = 0; i < 3; i++) {
      expect((await fetch(`${url}/api/v1/admin/ingestions`, { method: 'POST', body })).status).toBe(503);
    }
  });

  it('lets pages of the origins that may call it read its answer, and no others', async () => {
    await restart([ORIGIN]);
    const allowed = async (origin: string): Promise<(string | null)[]> => {
      const { headers } = await fetch(url, { headers: { origin } });
      return [headers.get('access-control-allow-origin'), headers.get('vary')];
    };

    expect(await allowed(ORIGIN)).toEqual([ORIGIN, 'Origin']);
    expect(await allowed('https://other.example.org')).toEqual([null, 'Origin']);
  });

  it('is counted, by what there is too much of', async () => {
    for (let i = 0; i < 2; i++) await fetch(url);

    const page = await metrics.page();
    expect(page).toContain('onet_http_requests_shed_total{reason="in_flight"} 2\n');
    expect(page).toContain('onet_http_requests_shed_total{reason="behind"} 0\n');
  });

  it('serves as many as before when a connection is closed on which answers waited behind a slow one', async () => {
    await restart(['*'], 5);
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
    const ask = (path: string): string => `GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`;
    const post = 'POST /also HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}';
    socket.write(ask('/never') + ask('/behind').repeat(3) + post);
    while (served.length < 5) await nextTurn();
    expect((await fetch(url)).status).toBe(503);

    socket.destroy();

    while ((await fetch(url)).status !== 200) await nextTurn();
    const together = await Promise.all(Array.from({ length: 5 }, () => fetch(url)));
    expect(together.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
  });

  it('is told in the log once in ten seconds, with how many requests it was', async () => {
    jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'setTimeout', 'clearTimeout', 'queueMicrotask'] });
    await restart(['*']);
    for (let i = 0; i < 3; i++) await fetch(url);
    jest.advanceTimersByTime(1000);
    await fetch(url);
    jest.advanceTimersByTime(9000);
    expect(logged.map((line) => (JSON.parse(line) as { shed: number }).shed)).toEqual([3]);

    jest.advanceTimersByTime(1000);

    expect(logged.map((line) => (JSON.parse(line) as { shed: number }).shed)).toEqual([3, 1]);
  });
});
