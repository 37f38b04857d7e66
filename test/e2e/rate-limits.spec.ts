import type { Answer } from '../support/e2e/http';
import { bearer } from '../support/e2e/admin-client';
import { ADMIN_KEY, useProcesses, type ServingApi } from '../support/e2e/processes';
import { problemOf } from '../support/e2e/problems';

const GAP = '/api/v1/skill-gap?from=11-1011.00&to=11-3013.00';
const KEYS = ['the-first-client-key-of-all', 'the-second-client-key-of-all'] as const;
const LIMIT = 5;

type Headers = Readonly<Record<string, string>>;

/** The contract has to be fetched before anything is counted: that is a request, too. */
async function startApi(
  processes: ReturnType<typeof useProcesses>,
  environment: Readonly<Record<string, string>> = {},
): Promise<ServingApi> {
  const unlimited = await processes.startApi({ environment: { ADMIN_API_KEYS: ADMIN_KEY, ...environment } });
  await unlimited.client.contract();
  return unlimited;
}

describe('The limit of requests that a client may make a minute', () => {
  const processes = useProcesses();
  /** With one request, that for the contract, made already. */
  const start = (environment: Readonly<Record<string, string>> = {}): Promise<ServingApi> =>
    startApi(processes, { RATE_LIMIT_PER_MINUTE: String(LIMIT + 1), ...environment });

  async function ask({ client }: ServingApi, path: string, times: number, headers: Headers = {}): Promise<Answer[]> {
    const answers: Answer[] = [];
    for (let time = 0; time < times; time++) answers.push(await client.get(path, headers));
    return answers;
  }

  test('is told with each answer, and kept', async () => {
    const api = await start();

    const within = await ask(api, GAP, LIMIT);
    const beyond = await api.client.get(GAP);

    expect(within.map(({ status }) => status)).toEqual(within.map(() => 200));
    expect(within.map((answer) => answer.header('ratelimit-remaining'))).toEqual(['4', '3', '2', '1', '0']);
    for (const answer of within) {
      expect(answer.header('ratelimit-limit')).toBe(String(LIMIT + 1));
      expect(Number(answer.header('ratelimit-reset'))).toBeGreaterThan(0);
      expect(Number(answer.header('ratelimit-reset'))).toBeLessThanOrEqual(60);
    }
    expect(problemOf(beyond)).toMatchObject({ status: 429, code: 'RATE_LIMITED' });
    expect(Number(beyond.header('retry-after'))).toBeGreaterThan(0);
    expect(Number(beyond.header('retry-after'))).toBeLessThanOrEqual(60);
    expect(beyond.header('ratelimit-remaining')).toBe('0');
  });

  test('counts whatever is asked for: what is not there, not valid, not open, not new, and the documentation', async () => {
    const api = await start({ RATE_LIMIT_PER_MINUTE: '100' });
    const [first] = await ask(api, GAP, 1);
    const etag = { 'if-none-match': first?.header('etag') ?? '' };

    const answers = [
      first,
      ...(await ask(api, GAP, 1, etag)),
      ...(await ask(api, '/nothing', 1)),
      ...(await ask(api, '/%zz', 1)),
      ...(await ask(api, '/api/v1/skills?x=1', 1)),
      ...(await ask(api, '/api/v1/admin/jobs', 1)),
      ...(await ask(api, '/api/v1/admin/jobs', 1, bearer('no-key-that-opens-anything'))),
      ...(await ask(api, '/docs', 1)),
      ...(await ask(api, '/docs/swagger-ui.css', 1)),
      await api.client.send({ method: 'HEAD', path: GAP }),
    ];

    expect(answers.map((answer) => answer?.status)).toEqual([200, 304, 404, 400, 400, 401, 403, 200, 200, 200]);
    expect(answers.map((answer) => Number(answer?.header('ratelimit-remaining')))).toEqual([
      ...[98, 97, 96, 95, 94, 93, 92, 91, 90, 89],
    ]);
  });

  test('bounds how fast keys can be guessed, the right one included', async () => {
    const api = await start();

    const guesses = [];
    for (let guess = 0; guess < LIMIT + 2; guess++) {
      guesses.push(...(await ask(api, '/api/v1/admin/jobs', 1, bearer(`a-guess-at-the-key-${guess}`))));
    }
    const [right] = await ask(api, '/api/v1/admin/jobs', 1, bearer(ADMIN_KEY));

    expect(guesses.map(({ status }) => status)).toEqual([403, 403, 403, 403, 403, 429, 429]);
    expect(right?.status).toBe(429);
  });

  test('does not hold for health, nor for metrics where they are shown', async () => {
    const api = await start();
    await ask(api, GAP, LIMIT + 1);

    const answers = await Promise.all(
      ['/health', '/health/ready', '/metrics'].map((path) => ask(api, path, LIMIT * 2)),
    );

    expect(new Set(answers.flat().map(({ status }) => status))).toEqual(new Set([200]));
    expect(new Set(answers.flat().map((answer) => answer.header('ratelimit-limit')))).toEqual(new Set([undefined]));
  });

  test('holds for those who ask for metrics with a key that is none', async () => {
    const api = await start({ METRICS_KEYS: 'the-key-of-the-metrics' });

    const guesses = await ask(api, '/metrics', LIMIT + 1, bearer('a-guess-at-the-key'));
    const [right] = await ask(api, '/metrics', 1, bearer('the-key-of-the-metrics'));

    expect(guesses.map(({ status }) => status)).toEqual([403, 403, 403, 403, 403, 429]);
    expect(right?.status).toBe(200);
  });

  test('is that of each key by itself; a wrong key makes no difference', async () => {
    const api = await start({ API_KEYS: KEYS.join() });
    const [one, other] = KEYS.map((key) => ({ 'x-api-key': key }));

    const anonymous = await ask(api, GAP, LIMIT + 1);
    const wrong = [];
    for (let key = 0; key < 3; key++) {
      wrong.push(...(await ask(api, GAP, 1, { 'x-api-key': `a-key-that-was-made-up-${key}` })));
    }
    const withOne = await ask(api, GAP, LIMIT + 2, one);
    const withOther = await ask(api, GAP, 1, other);

    expect(anonymous.at(-1)?.status).toBe(429);
    expect(wrong.map(({ status }) => status)).toEqual([429, 429, 429]);
    expect(withOne.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200, 200, 429]);
    expect(withOther.map(({ status }) => status)).toEqual([200]);
  });

  test('is that of each address behind a proxy that is trusted, and that of the proxy otherwise', async () => {
    const trusting = await start({ TRUST_PROXY: '127.0.0.1' });
    const other = await start();
    const by = (address: string): Headers => ({ 'x-forwarded-for': address });

    const [first, again, second, network] = [
      await ask(trusting, GAP, LIMIT + 2, by('192.0.2.1')),
      // what a client says of itself stands before what the proxy adds
      await ask(trusting, GAP, 1, by('203.0.113.9, 192.0.2.1')),
      await ask(trusting, GAP, 1, by('192.0.2.2')),
      [
        ...(await ask(trusting, GAP, LIMIT + 1, by('2001:db8:1:2::1'))),
        ...(await ask(trusting, GAP, 1, by('2001:db8:1:2::2'))),
        ...(await ask(trusting, GAP, 1, by('2001:db8:1:3::2'))),
      ],
    ];
    const untrusted = [];
    for (let client = 0; client <= LIMIT; client++)
      untrusted.push(...(await ask(other, GAP, 1, by(`192.0.2.${client}`))));

    expect([first.at(-1)?.status, again[0]?.status, second[0]?.status]).toEqual([429, 429, 200]);
    expect(network.slice(-2).map(({ status }) => status)).toEqual([429, 200]);
    expect(untrusted.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200, 429]);
  });

  test('can be read by pages of other origins, whose browsers may ask for leave as often as they like', async () => {
    const api = await start();
    const origin = { origin: 'https://app.example.org' };
    const preflight = { ...origin, 'access-control-request-method': 'GET' };

    for (let time = 0; time < LIMIT * 2; time++) {
      const leave = await api.client.send({ method: 'OPTIONS', path: '/api/v1/skills', headers: preflight });
      expect(leave.status).toBe(204);
    }
    const answers = await ask(api, GAP, LIMIT + 1, origin);

    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200, 429]);
    for (const answer of answers) {
      expect(answer.header('access-control-allow-origin')).toBe('*');
      expect(answer.header('access-control-expose-headers')?.split(/, */)).toEqual(
        expect.arrayContaining(['RateLimit-Limit', 'RateLimit-Remaining', 'RateLimit-Reset', 'Retry-After']),
      );
    }
  });

  test('is told of each request that it is documented for, and of no other', async () => {
    const api = await start({ RATE_LIMIT_PER_MINUTE: '100' });
    const { paths } = (await api.client.contract()).document;

    const limited = Object.entries(paths).flatMap(([path, operations]) =>
      Object.values(operations).map(({ responses }) => [path, '429' in responses] as const),
    );

    expect(limited.filter(([, isLimited]) => !isLimited).map(([path]) => path)).toEqual(['/health', '/health/ready']);
    expect(limited.length).toBeGreaterThan(20);
    expect(paths['/api/v1/skills']?.['get']?.responses['200']?.headers).toHaveProperty('RateLimit-Remaining');
  });
});
