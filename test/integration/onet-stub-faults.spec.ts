import { ask, askPages, askRows, linkOf, VERSIONS } from '../support/onet-web-services/raw-client';
import { useOnetStub } from '../support/onet-web-services/use-onet-stub';
import { codeOf, SmallRelease } from '../support/release-folder';
import { rejectionOf } from '../support/thrown-by';

describe('The stub of the O*NET Web Services', () => {
  const stub = useOnetStub();
  const status = async (path = '/database'): Promise<number> => (await ask(stub, 'v2', path)).status;

  test('fails the next requests only, in the order of their faults', async () => {
    stub.failNext({ kind: 'status', status: 429 }, 2);
    stub.failNext({ kind: 'status', status: 503, body: 'Busy', headers: { 'retry-after': '3' } });

    expect([await status(), await status()]).toEqual([429, 429]);
    const busy = await ask(stub, 'v2', '/database');
    expect([busy.status, busy.headers.get('retry-after'), await busy.text()]).toEqual([503, '3', 'Busy']);
    expect(await status()).toBe(200);
  });

  test('fails every request until it is healed', async () => {
    stub.failWhile({ kind: 'status', status: 500 });

    expect([await status(), await status(), await status()]).toEqual([500, 500, 500]);
    stub.heal();
    expect(await status()).toBe(200);
  });

  test('fails the requests that a test picks', async () => {
    stub.failOn(({ tableId }) => tableId === 'skills', { kind: 'status', status: 500 }, 1);

    expect(await status('/database/rows/occupation_data')).toBe(200);
    expect(await status('/database/rows/skills')).toBe(500);
    expect(await status('/database/rows/skills')).toBe(200);
  });

  test('leaves a request without an answer', async () => {
    stub.failNext({ kind: 'hang' });
    const headers = { 'x-api-key': stub.key };

    const hanging = fetch(`${stub.v2Url}/database`, { headers, signal: AbortSignal.timeout(100) });

    expect(await rejectionOf(hanging)).toMatchObject({ name: 'TimeoutError' });
    expect(stub.requests).toHaveLength(1);
  });

  test('cuts an answer in the middle', async () => {
    stub.failNext({ kind: 'cut' });

    const response = await ask(stub, 'v2', '/database/rows/skills');

    expect(response.status).toBe(200);
    expect(Number(response.headers.get('content-length'))).toBeGreaterThan(5000);
    expect(await rejectionOf(response.text())).toMatchObject({ message: 'terminated' });
  });

  test('resets a connection', async () => {
    stub.failNext({ kind: 'reset' });

    expect(await rejectionOf(ask(stub, 'v2', '/database'))).toMatchObject({ cause: { code: 'ECONNRESET' } });
  });

  test('answers with half a document, with HTML, and with JSON of another shape', async () => {
    const whole = await (await ask(stub, 'v2', '/database')).text();
    const next = async (kind: 'malformed' | 'html' | 'wrong-shape'): Promise<[number, string]> => {
      stub.failNext({ kind });
      const response = await ask(stub, 'v2', '/database');
      return [response.status, await response.text()];
    };

    expect(await next('malformed')).toEqual([200, whole.slice(0, Math.floor(whole.length / 2))]);
    expect(await next('html')).toEqual([200, expect.stringMatching(/^<!DOCTYPE html>/)]);
    expect(await next('wrong-shape')).toEqual([200, '{"status":"ok","data":{"items":[]}}']);
  });

  test('changes the rows of a page, and waits for one to do so', async () => {
    stub.failNext({ kind: 'rows', change: ([first, ...others]) => [first, first, ...others.slice(1)] });

    await ask(stub, 'v2', '/database');
    const damaged = await askRows(stub, 'v2', 'skills?end=3');
    const { row, total } = await askRows(stub, 'v2', 'skills?end=3');

    expect([damaged.row, damaged.total]).toEqual([[row[0], row[0], row[2]], total]);
  });

  test.each(VERSIONS)(
    'leads to another host, which it hears of, or back to the first page, in version %s',
    async (version) => {
      stub.failNext({ kind: 'foreign-next', to: 'another host' });
      stub.failNext({ kind: 'foreign-next', to: 'first page' });

      const away = new URL(linkOf(await askRows(stub, version, 'skills?end=30'), 'next') ?? '');
      const back = new URL(linkOf(await askRows(stub, version, 'skills?start=61&end=80'), 'next') ?? '');

      expect([away.hostname, away.search]).toEqual(['localhost', '?start=31&end=60']);
      expect([back.hostname, back.search]).toEqual(['127.0.0.1', '?start=1&end=20']);
      await fetch(away);
      expect(stub.countOf(({ headers }) => headers.host === away.host)).toBe(1);
    },
  );

  test('delays every answer by the latency', async () => {
    stub.latencyMs = 60;
    const before = performance.now();

    await ask(stub, 'v2', '/database');

    // timers may fire a millisecond early
    expect(performance.now() - before).toBeGreaterThan(58);
  });

  test('stops while an answer waits and another will never come', async () => {
    stub.latencyMs = 10_000;
    const waiting = rejectionOf(ask(stub, 'v2', '/database'));
    stub.failNext({ kind: 'hang' });
    const hanging = rejectionOf(ask(stub, 'v2', '/database'));
    while (stub.requests.length < 2) await new Promise((resolve) => setTimeout(resolve, 5));

    await stub.stop();

    expect(await Promise.all([waiting, hanging])).toEqual([expect.any(Object), expect.any(Object)]);
  });

  test('is back on its port after a stop', async () => {
    const { v2Url } = stub;
    await stub.stop();
    expect(await rejectionOf(ask(stub, 'v2', '/database'))).toMatchObject({ cause: { code: 'ECONNREFUSED' } });

    await stub.start();

    expect(stub.v2Url).toBe(v2Url);
    expect(await status()).toBe(200);
  });

  test('publishes another release, and takes rows of a test', async () => {
    const values = async (): Promise<unknown[]> =>
      (await askPages(stub, 'v2', 'skills?end=2000')).flatMap((page) => page.row).map((row) => row['data_value']);
    const before = await values();

    stub.replace(new SmallRelease({ edition: 1, rated: 12 }));
    const after = await values();
    stub.setRows('skills', [{ onetsoc_code: codeOf(3), data_value: 6.5 }]);

    expect([before.length, after.length]).toEqual([80, 96]);
    expect(after.slice(0, 80)).not.toEqual(before);
    expect(await values()).toEqual([6.5]);
    expect(() => {
      stub.setRows('nothing', []);
    }).toThrow('There is no table nothing');
    stub.reset();
    expect(await values()).toEqual(before);
  });

  test('remembers what it was asked, by whom and when', async () => {
    await askRows(stub, 'v2', `skills?end=70&filter=onetsoc_code.eq.${codeOf(4)}`);
    await ask(stub, 'v1.9', `/database/rows/skills?filter=onetsoc_code.eq.${codeOf(5)}`);
    await ask(stub, 'v2', '/database');

    const [request, ...others] = stub.requestsFor(codeOf(4));
    expect(others).toEqual([]);
    expect(request).toMatchObject({ method: 'GET', path: '/v2/database/rows/skills', tableId: 'skills' });
    expect([request?.query.get('end'), request?.headers['x-api-key']]).toEqual(['70', stub.key]);
    expect(stub.countOf(({ tableId }) => tableId === null)).toBe(1);
    expect(stub.requests.map(({ time }) => time)).toEqual(
      stub.requests.map(({ time }) => time).sort((one, other) => one - other),
    );
  });
});
