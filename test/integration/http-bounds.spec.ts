import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import pino from 'pino';
import { toConfig } from '@app/config';
import { HTTP_BOUNDS } from '@app/runtime';
import { createApp } from '../../apps/api/src/create-app';

const BOUNDS = { ...HTTP_BOUNDS, headersMs: 300, requestMs: 600, checkEveryMs: 50, connections: 5 };
const CLOSED_WITHIN_MS = 10_000;

describe('The api', () => {
  let folder: string;
  let app: NestFastifyApplication;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'http-bounds-'));
    const config = toConfig({ DATABASE_URL: `sqlite:${join(folder, 'onet.sqlite')}` });
    app = await createApp(config, pino({ level: 'silent' }), BOUNDS);
    await app.listen(0, '127.0.0.1');
  });
  afterAll(async () => {
    await app.close();
    rmSync(folder, { recursive: true });
  });

  async function open(): Promise<Socket> {
    const socket = connect((app.getHttpServer() as { address(): AddressInfo }).address().port, '127.0.0.1');
    socket.setTimeout(CLOSED_WITHIN_MS, () => socket.destroy(new Error('The connection is still open')));
    // one that is closed at once may be reset
    socket.on('error', () => undefined);
    await once(socket, 'connect');
    return socket;
  }

  test.each([
    ['headers', 'GET /health HTTP/1.1\r\nHost: localhost\r\n'],
    [
      'a body',
      'POST /api/v1/skill-gap HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{',
    ],
  ])('waits for %s in bounded time', async (_, begun) => {
    const socket = await open();
    socket.write(begun);

    const answer = await text(socket);

    expect(answer).toMatch(/^HTTP\/1\.1 408 Request Timeout\r\n/);
    expect(answer).toContain('"code":"REQUEST_TIMEOUT"');
  });

  test('takes so many connections and no more', async () => {
    const taken: Socket[] = [];
    for (let one = 0; one < BOUNDS.connections; one++) taken.push(await open());

    const beyond = await text(await open());
    const answers = await Promise.all(taken.map((socket) => text(socket)));

    expect(beyond).toBe('');
    expect(answers.map((answer) => answer.slice(0, 12))).toEqual(taken.map(() => 'HTTP/1.1 408'));
  });
});
