import { eventually } from '../support/e2e/eventually';
import { servedVersion } from '../support/e2e/admin-client';
import { useOnetStub } from '../support/onet-web-services/use-onet-stub';
import { levelGapPath } from '../support/pulls/paths';
import { describeInEveryMode, localRelease, type Pulling } from '../support/pulls/pulling';
import { SmallRelease } from '../support/release-folder';
import { list, rate, rateAnew } from '../support/web-services/editions';

/** Other replicas may be that late. */
const SERVED_WITHIN_MS = 5000;

interface IngestionView {
  readonly release_id: number;
  readonly origin: string;
  readonly tables: readonly { readonly source_file: string }[];
}

describeInEveryMode('A release from the Web Services', (mode) => {
  const stub = useOnetStub();

  const ingestion = async ({ admin }: Pulling, id: string): Promise<IngestionView> =>
    (await admin.get(`/ingestions/${id}`)).json() as IngestionView;

  test('is built whole on request, tells how far it is and what became of its rows, and is served', async () => {
    const pulling = await mode.start(stub);
    const { admin, api } = pulling;
    stub.replace(new SmallRelease({ rated: 8, edition: 1 }));
    const before = (await api.client.get(levelGapPath(0, 2))).body;
    // the progress is written once a second
    stub.latencyMs = 1200;

    const answer = await admin.post('/ingestions', { source: 'web_services' });
    const asked = answer.json() as { id: string };
    const underWay = await admin.underWay(asked.id);
    stub.latencyMs = 0;
    const ended = await admin.ended(asked.id);

    expect([answer.status, answer.header('location')]).toEqual([202, `/api/v1/jobs/${asked.id}`]);
    expect(asked).toMatchObject({ type: 'import-release', finished_at: null, error: null });
    expect(underWay.progress?.stage).toBe('pulling');
    expect(ended).toMatchObject({
      state: 'completed',
      attempt: 1,
      progress: { stage: 'activating', done: 1, total: 1 },
    });
    const recorded = await ingestion(pulling, asked.id);
    expect(recorded).toMatchObject({
      kind: 'release',
      source: 'web_services',
      origin: new URL(stub.v2Url).host,
      note: null,
      tables: [
        { source_file: 'occupation_data', landed: 10, normalised: 10, rejected: 0, unneeded: 0 },
        { source_file: 'scales_reference', landed: 4, normalised: 4, rejected: 0, unneeded: 0 },
        { source_file: 'skills', landed: 64, normalised: 64, rejected: 0, unneeded: 0 },
      ],
      quality: { compared_with: 1, landed: 78, normalised: 78, deduplicated: 0, rejected: 0 },
      rejections: [],
    });
    await eventually(
      'it is served',
      async () => /^web-\d{4}-\d\d-\d\d$/.test(await servedVersion(api.client)),
      SERVED_WITHIN_MS,
    );
    expect((await api.client.get(levelGapPath(0, 2))).body).not.toBe(before);
  });

  test('is refreshed with what has changed, and not at all where nothing has', async () => {
    const pulling = await mode.start(stub);
    const { admin, api } = pulling;
    const next = localRelease();
    rateAnew(next, 2);
    list(next, 30);
    rate(next, 30);
    stub.replace(next);
    const refresh = { source: 'web_services', incremental: true, release: '31.0' };

    const first = await admin.ended(await admin.ingest(refresh));
    await eventually('it is served', async () => (await servedVersion(api.client)) === '31.0', SERVED_WITHIN_MS);
    const asked = stub.requests.length;
    const second = await admin.ended(await admin.ingest(refresh));
    const comparison = stub.requests.length - asked;

    const [refreshed, unchanged] = [await ingestion(pulling, first.id), await ingestion(pulling, second.id)];
    expect([first.state, second.state]).toEqual(['completed', 'completed']);
    expect(refreshed.tables.map(({ source_file }) => source_file)).toEqual([
      'occupation_data',
      'scales_reference',
      'skills',
      'release 1',
    ]);
    expect(refreshed).toMatchObject({
      quality: { compared_with: 1, landed: 9 + 4 + 7 * 8, normalised: 9 + 4 + 7 * 8 },
    });
    expect(unchanged).toMatchObject({
      release_id: null,
      tables: [],
      quality: null,
      note: 'Not loaded: the O*NET Web Services have nothing newer.',
    });
    // the tables there are have been known since the start of the process
    expect(comparison).toBe(3);
    expect(await servedVersion(api.client)).toBe('31.0');
    expect((await api.client.get(levelGapPath(2, 30))).status).toBe(200);
  });

  test('that cannot be had is a failed job, which tells nobody where and with what it was asked for', async () => {
    const pulling = await mode.start(stub, { environment: { ONET_API_KEY: 'not-the-key-of-the-stub' } });
    const { admin, api } = pulling;

    const ended = await admin.ended(await admin.ingest({ source: 'web_services' }));

    expect(ended).toMatchObject({
      state: 'failed',
      attempt: 1,
      error: { code: 'ONET_UNAVAILABLE', detail: 'The O*NET Web Services are not available.' },
    });
    expect((await admin.get(`/ingestions/${ended.id}`)).body).not.toContain('not-the-key-of-the-stub');
    expect(await servedVersion(api.client)).toBe('30.1');
    expect((await api.client.get(levelGapPath(0, 2))).status).toBe(200);
  });
});
