import type { RequestListener } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import { API_KEY, onetConfig, PASSWORD, UnlimitedOnet, V19, V2 } from '../../../../test/support/onet-client';
import { useStubServer } from '../../../../test/support/stub-server';
import { rejectionOf } from '../../../../test/support/thrown-by';
import { OnetError } from '../onet-errors';
import { type OnetRequest, rowsRequest, TABLES_REQUEST } from './onet-request';

// the pauses between attempts grow to more than a second
jest.mock('node:timers/promises', () => ({ setTimeout: jest.fn(() => Promise.resolve()) }));

const SKILLS = rowsRequest('skills', { start: 1, end: 20 }, {}, true);
/** Longer than a busy machine takes. */
const TIMEOUT_MS = 10_000;
/** For servers that would take for ever; long enough for a request to arrive. */
const SHORT_TIMEOUT_MS = 500;

const answerWith =
  (status: number, body = '', headers: Record<string, string> = {}): RequestListener =>
  (_request, response) => {
    response.writeHead(status, headers).end(body);
  };

const hangUp: RequestListener = (_request, response) => response.destroy();
const hang: RequestListener = () => undefined;

const hangUpInTheMiddle: RequestListener = (_request, response) => {
  response.writeHead(200, { 'Content-Length': '100' }).write('[', () => response.destroy());
};

describe('OnetRequests', () => {
  const server = useStubServer();
  let onet: UnlimitedOnet;

  beforeEach(() => {
    Logger.overrideLogger(false);
    jest.mocked(delay).mockClear();
    useCredentials(V2);
  });

  function useCredentials(credentials: Record<string, string>, timeoutMs = TIMEOUT_MS): void {
    const base = `${server.url}/base/`;
    onet = new UnlimitedOnet(onetConfig({ ...credentials, ONET_API_BASE_URL: base }, { timeoutMs }));
  }

  const get = (request: OnetRequest = SKILLS, signal = new AbortController().signal): Promise<unknown> =>
    onet.requests.get(request, signal);

  const failure = async (request: OnetRequest = SKILLS): Promise<OnetError> => {
    const error = await rejectionOf(get(request));
    if (error instanceof OnetError) return error;
    throw error;
  };

  const pauses = (): number[] => jest.mocked(delay).mock.calls.map(([ms]) => Number(ms));

  it('asks for JSON below the base URL, with the key', async () => {
    server.answer(answerWith(200, '[]'));
    await get(TABLES_REQUEST);
    expect(server.requests).toMatchObject([
      {
        path: '/base/database',
        headers: { accept: 'application/json', 'user-agent': 'onet-skill-gap', 'x-api-key': API_KEY },
      },
    ]);
  });

  it('asks version 1.9 with user name and password', async () => {
    useCredentials(V19);
    server.answer(answerWith(200, '[]'));
    await get(TABLES_REQUEST);
    const pair = Buffer.from(`someone:${PASSWORD}`).toString('base64');
    expect(server.requests[0]?.headers.authorization).toBe(`Basic ${pair}`);
  });

  it('delivers what the JSON says', async () => {
    server.answer(answerWith(200, '{"a":[1,"é",null]}'));
    expect(await get()).toEqual({ a: [1, 'é', null] });
  });

  it.each([
    ['401', answerWith(401, '<html>'), 'bad-credentials'],
    ['403', answerWith(403), 'bad-credentials'],
    ['404', answerWith(404, 'Not found'), 'refused'],
    ['400', answerWith(400), 'refused'],
    ['422 about the data', answerWith(422, '{"error":"Unknown O*NET-SOC code"}'), 'no-data'],
    ['422 without a word', answerWith(422), 'no-data'],
    ['422 about the request', answerWith(422, '{"error":"Unknown column"}'), 'refused'],
    ['422 with a web page', answerWith(422, '<html>No data</html>'), 'refused'],
    ['a redirect', answerWith(302, '', { Location: '/elsewhere' }), 'malformed'],
    ['204', answerWith(204), 'malformed'],
    ['a web page', answerWith(200, '<!DOCTYPE html><html>'), 'malformed'],
    ['half of some JSON', answerWith(200, '{"a":'), 'malformed'],
    ['nothing', answerWith(200), 'malformed'],
    ['429 with a long pause', answerWith(429, '', { 'Retry-After': '6' }), 'limited'],
    ['503 with a long pause', answerWith(503, '', { 'Retry-After': '3600' }), 'unreachable'],
  ])('fails at once on %s', async (_what, answer, kind) => {
    server.answer(answer);
    const error = await failure();
    expect([error.kind, server.requests.length]).toEqual([kind, 1]);
  });

  it('never takes a 422 for missing data where there must be some', async () => {
    server.answer(answerWith(422, '{"error":"No data"}'));
    expect((await failure(TABLES_REQUEST)).kind).toBe('refused');
  });

  it.each([
    ['429', answerWith(429), 'limited'],
    ['500', answerWith(500), 'unreachable'],
    ['502 with a web page', answerWith(502, '<html>'), 'unreachable'],
    ['a connection that breaks before the answer', hangUp, 'unreachable'],
    ['a connection that breaks in the middle of the answer', hangUpInTheMiddle, 'unreachable'],
  ])('fails on %s after three retries, each within the limits', async (_what, answer, kind) => {
    server.answer(answer);
    const error = await failure();
    expect([error.kind, server.requests.length, onet.taken]).toEqual([kind, 4, 4]);
  });

  it('fails where nothing listens', async () => {
    await server.stop();
    expect(await failure()).toMatchObject({
      kind: 'unreachable',
      retryAfterMs: null,
      message: expect.stringContaining('cannot be reached (ECONNREFUSED)') as string,
    });
  });

  it.each([429, 503])('delivers what comes after a %i', async (status) => {
    server.answer(answerWith(status), answerWith(status), answerWith(status), answerWith(200, '1'));
    expect(await get()).toBe(1);
  });

  it('waits longer before each retry', async () => {
    server.answer(answerWith(500));
    await failure();
    const rounded = pauses().map((ms) => [200, 400, 800].findLast((least) => ms >= least && ms <= 2 * least));
    expect(rounded).toEqual([200, 400, 800]);
  });

  it('waits as long as it is told', async () => {
    server.answer(answerWith(503, '', { 'Retry-After': '4' }), answerWith(200, '1'));
    await get();
    expect(pauses()).toEqual([4000]);
  });

  it.each([
    [429, { 'Retry-After': '60' }, 60_000],
    [429, {}, 5000],
    [503, { 'Retry-After': '60' }, 60_000],
    [503, {}, null],
  ])('tells after a %i with %j to ask again in %s ms', async (status, headers, retryAfterMs) => {
    server.answer(answerWith(status, '', headers));
    expect(await failure()).toMatchObject({ retryAfterMs });
  });

  it.each([
    ['never answers', hang],
    [
      'never ends its answer',
      (_request, response) => {
        const timer = setInterval(() => response.write(' '), 5);
        response.on('close', () => {
          clearInterval(timer);
        });
      },
    ],
  ] satisfies [string, RequestListener][])('asks a server that %s once more only', async (_what, answer) => {
    useCredentials(V2, SHORT_TIMEOUT_MS);
    server.answer(answer);
    const error = await failure();
    expect([error.kind, server.requests.length]).toEqual(['unreachable', 2]);
  });

  it('refuses an answer that is too large', async () => {
    server.answer((_request, response) => {
      const piece = Buffer.alloc(1024 ** 2, 32);
      // from Node 24 on, a response whose client is gone is told by the error alone
      const send = (error?: Error | null): void => {
        if (!error && !response.destroyed) response.write(piece, send);
      };
      send();
    });
    expect(await failure()).toMatchObject({
      kind: 'malformed',
      message: expect.stringContaining('larger than any answer') as string,
    });
  });

  it('does not follow a redirect, with our credentials', async () => {
    server.answer(answerWith(301, '', { Location: `${server.url}/elsewhere` }));
    await failure();
    expect(server.requests.map(({ path }) => path)).toEqual([`/base${SKILLS.path}`]);
  });

  it('ends at once with the reason for which it is called off', async () => {
    const controller = new AbortController();
    const reason = new Error('The job was cancelled');
    server.answer(() => {
      controller.abort(reason);
    });
    expect(await rejectionOf(get(SKILLS, controller.signal))).toBe(reason);
  });

  it('asks for nothing where it was called off before', async () => {
    const reason = new Error('The job was cancelled');
    expect(await rejectionOf(get(SKILLS, AbortSignal.abort(reason)))).toBe(reason);
    expect(server.requests).toEqual([]);
  });

  it('does not try again once it is called off', async () => {
    const controller = new AbortController();
    const reason = new Error('The job was cancelled');
    jest.mocked(delay).mockImplementationOnce(() => {
      controller.abort(reason);
      return Promise.reject(new Error('aborted'));
    });
    server.answer(answerWith(503));
    expect(await rejectionOf(get(SKILLS, controller.signal))).toBe(reason);
    expect(server.requests).toHaveLength(1);
  });

  it.each([
    [V2, 'check ONET_API_KEY.'],
    [V19, 'check ONET_USERNAME and ONET_PASSWORD.'],
  ])('tells which settings are wrong', async (credentials, hint) => {
    useCredentials(credentials);
    server.answer(answerWith(401));
    expect((await failure()).message).toBe(
      `The O*NET Web Services at ${server.url}/base refuse the credentials (401): ${hint}`,
    );
  });

  it('repeats what the Web Services say about a wrong request', async () => {
    server.answer(answerWith(422, '{"error":"Unknown column \\"x\\"."}'));
    expect((await failure()).message).toMatch(/refuse rows 1 to 20 of skills \(422\): Unknown column "x"\.$/);
  });
});
