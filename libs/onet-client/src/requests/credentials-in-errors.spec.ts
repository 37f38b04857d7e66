import type { RequestListener } from 'node:http';
import { inspect } from 'node:util';
import { Logger } from '@nestjs/common';
import { API_KEY, onetConfig, PASSWORD, UnlimitedOnet, V19, V2 } from '../../../../test/support/onet-client';
import { useStubServer } from '../../../../test/support/stub-server';
import { rejectionOf } from '../../../../test/support/thrown-by';
import { rowsRequest } from './onet-request';

// the pauses between attempts grow to more than a second
jest.mock('node:timers/promises', () => ({ setTimeout: () => Promise.resolve() }));

const REQUEST = rowsRequest('skills', { start: 1, end: 20 }, {}, true);

/** Sends back every credential it is sent, wherever it can. */
const echo =
  (status: number): RequestListener =>
  (request, response) => {
    const { authorization, 'x-api-key': key } = request.headers;
    const pair = Buffer.from(String(authorization).replace('Basic ', ''), 'base64').toString();
    const error = `Unknown parameter ${String(key)} ${String(authorization)} ${pair}`;
    const header = encodeURIComponent(error);
    response.writeHead(status, { 'X-Echo': header, Location: `/${header}` }).end(JSON.stringify({ error }));
  };

describe.each([
  ['2', V2],
  ['1.9', V19],
])('The error of version %s', (_version, credentials) => {
  const server = useStubServer();

  it.each<[string, RequestListener]>([
    ['a refusal', echo(422)],
    ['a refusal of the credentials', echo(401)],
    ['a limit', echo(429)],
    ['a fault of the server', echo(500)],
    ['a redirect', echo(302)],
    ['a broken connection', (_request, response) => response.destroy()],
    ['a broken answer', (_request, response) => response.write('[', () => response.destroy())],
    ['a timeout', () => undefined],
    ['a web page', (_request, response) => response.end('<html>')],
  ])('for %s shows no credentials', async (_what, answer) => {
    Logger.overrideLogger(false);
    server.answer(answer);
    const config = onetConfig({ ...credentials, ONET_API_BASE_URL: server.url }, { timeoutMs: 50 });
    const error = await rejectionOf(new UnlimitedOnet(config).requests.get(REQUEST, new AbortController().signal));
    const shown = `${JSON.stringify(error)} ${inspect(error, { depth: Infinity, showHidden: true, getters: true })}`;
    for (const secret of [API_KEY, PASSWORD, `someone:${PASSWORD}`]) {
      expect(shown).not.toContain(secret);
      expect(shown).not.toContain(Buffer.from(secret).toString('base64'));
    }
  });
});
