import { Registry, type Histogram } from 'prom-client';
import { RequestTimes } from './request-times';

const NAME = 'request_seconds';

describe('RequestTimes', () => {
  let times: RequestTimes;

  beforeEach(() => {
    times = new RequestTimes(NAME, 'Requests.');
  });

  /** Lines of the page that begin so. */
  async function lines(beginning: string): Promise<string[]> {
    const registry = new Registry();
    registry.registerMetric(times as unknown as Histogram);
    return (await registry.metrics()).split('\n').filter((line) => line.startsWith(beginning));
  }

  it('is shown as a histogram whose buckets hold all that took no longer', async () => {
    for (const seconds of [0.0004, 0.001, 0.004, 31]) times.record('GET', '/a', 200, seconds);

    const of = 'method="GET",route="/a",status="200"';
    const shown = await lines(NAME);
    expect(shown).toContain(`${NAME}_bucket{${of},le="0.001"} 2`);
    expect(shown).toContain(`${NAME}_bucket{${of},le="0.0025"} 2`);
    expect(shown).toContain(`${NAME}_bucket{${of},le="0.005"} 3`);
    expect(shown).toContain(`${NAME}_bucket{${of},le="30"} 3`);
    expect(shown).toContain(`${NAME}_bucket{${of},le="+Inf"} 4`);
    expect(shown).toContain(`${NAME}_count{${of}} 4`);
    expect(shown.find((line) => line.startsWith(`${NAME}_sum`))).toMatch(/ 31\.0054/);
    expect(await lines(`# TYPE ${NAME} `)).toEqual([`# TYPE ${NAME} histogram`]);
  });

  it('keeps routes, methods and statuses apart', async () => {
    times.record('GET', '/a', 200, 1);
    times.record('GET', '/a', 404, 1);
    times.record('POST', '/a', 200, 1);
    times.record('GET', '/b', 200, 1);
    times.record('GET', '/b', 200, 1);

    expect((await lines(`${NAME}_count`)).map((line) => line.slice(NAME.length + 6)).sort()).toEqual([
      '{method="GET",route="/a",status="200"} 1',
      '{method="GET",route="/a",status="404"} 1',
      '{method="GET",route="/b",status="200"} 2',
      '{method="POST",route="/a",status="200"} 1',
    ]);
  });

  it('counts methods that hardly anybody uses as one', async () => {
    for (const method of ['PROPFIND', 'MKCOL', 'TRACE']) times.record(method, '/a', 404, 1);

    expect(await lines(`${NAME}_count`)).toEqual([`${NAME}_count{method="OTHER",route="/a",status="404"} 3`]);
  });

  it('shows nothing but its name before the first request', async () => {
    expect(await lines(NAME)).toEqual([]);
    expect(await lines('# HELP')).toEqual([`# HELP ${NAME} Requests.`]);
  });
});
