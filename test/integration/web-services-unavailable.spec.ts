import { join } from 'node:path';
import { describeOnEveryDatabase } from '../support/databases';
import { useOnetStub } from '../support/onet-web-services/use-onet-stub';
import { VERSIONS } from '../support/onet-web-services/raw-client';
import { useIngestionApps } from '../support/ingestion-app';
import { SmallRelease } from '../support/release-folder';
import { rowsOfOtherReleases, servedState, type ServedState } from '../support/served-state';
import { useTemporaryFolder } from '../support/temporary-folder';
import { rejectionOf } from '../support/thrown-by';
import { Building, useBuildings, type BuildingOptions } from '../support/web-services/building';

const IN_GENERAL = 'The O*NET Web Services are not available.';

describeOnEveryDatabase('A build from Web Services that cannot be had', (database) => {
  const folder = useTemporaryFolder();
  const buildings = useBuildings();
  const apps = useIngestionApps();
  const stub = useOnetStub();
  let building: Building;
  let before: ServedState;

  async function open(options: BuildingOptions = {}): Promise<void> {
    building = await buildings.open(await database.create(), stub, options);
    await building.app.ingest(await new SmallRelease({ edition: 1 }).writeFolder(join(folder.path, '1.0')));
    before = await servedState(building.app);
  }

  const expectNothingChanged = async (): Promise<void> => {
    expect(await servedState(building.app)).toEqual(before);
    expect(await rowsOfOtherReleases(building.app)).toBe(0);
    expect(await building.app.releases()).toMatchObject([{ version: '1.0', status: 'ready', active: true }]);
  };

  test.each(VERSIONS.flatMap((version) => [true, false].map((incremental) => ({ version, incremental }))))(
    'fails at once with credentials that are not accepted, and asks once: $version, incremental: $incremental',
    async ({ version, incremental }) => {
      const wrong = version === 'v2' ? { ONET_API_KEY: 'not-the-key' } : { ONET_PASSWORD: 'not-the-password' };
      await open({ version, environment: wrong });

      const { kind, job } = await building.attempt(await building.ask({ incremental }));

      expect([kind, job.state, job.errorCode, job.errorDetail]).toEqual([
        'failed',
        'failed',
        'ONET_UNAVAILABLE',
        IN_GENERAL,
      ]);
      expect(job.errorRaw).toContain('refuse the credentials (401)');
      expect(job.errorRaw).not.toContain('not-the-');
      expect(stub.requests).toHaveLength(1);
      await expectNothingChanged();
    },
  );

  test.each([true, false])(
    'is tried three times where they cannot be reached, and fails then (incremental: %s)',
    async (incremental) => {
      await open();
      await stub.stop();
      const id = await building.ask({ incremental });

      const attempts = [];
      for (let n = 1; n <= 3; n++) attempts.push(await building.attempt(id));

      expect(attempts.map(({ kind, job }) => [kind, job.state, job.errorCode])).toEqual([
        ['repeat', 'queued', 'ONET_UNAVAILABLE'],
        ['repeat', 'queued', 'ONET_UNAVAILABLE'],
        ['failed', 'failed', 'ONET_UNAVAILABLE'],
      ]);
      await expectNothingChanged();
    },
  );

  test('is tried again where they want fewer requests for a moment', async () => {
    await open();
    stub.failWhile({ kind: 'status', status: 429 });
    const id = await building.ask();

    const first = await building.attempt(id);
    stub.heal();
    const second = await building.attempt(id);

    expect([first.kind, first.job.errorCode, second.job.state]).toEqual(['repeat', 'ONET_UNAVAILABLE', 'completed']);
  });

  test('fails at once where the requests of the day are used up', async () => {
    await open({ environment: { ONET_DAILY_REQUEST_LIMIT: '2' } });

    const { kind, job } = await building.attempt(await building.ask());

    expect([kind, job.errorCode]).toEqual(['failed', 'ONET_UNAVAILABLE']);
    expect(job.errorRaw).toContain('ONET_DAILY_REQUEST_LIMIT');
    expect(stub.requests).toHaveLength(2);
    await expectNothingChanged();
  });

  test.each([true, false])(
    'is refused when it is asked for without credentials, and nothing is written down (incremental: %s)',
    async (incremental) => {
      const app = await apps.open(await database.create());
      const unconfigured = new Building(app);

      const refusal = await rejectionOf(unconfigured.ask({ incremental }));

      expect(refusal).toMatchObject({
        code: 'VALIDATION_FAILED',
        detail: '"web_services" is not possible here: ONET_API_KEY, or ONET_USERNAME and ONET_PASSWORD, are not set.',
        errors: [{ pointer: '/source' }],
      });
      expect([await app.count('jobs'), await app.count('ingestions')]).toEqual([0, 0]);
    },
  );

  test('that was asked for where there are credentials fails where there are none', async () => {
    const url = await database.create();
    const id = await (await buildings.open(url, stub)).ask();
    const unconfigured = new Building(await apps.open(url));

    const { kind, job } = await unconfigured.attempt(id);

    expect([kind, job.errorCode]).toEqual(['failed', 'ONET_UNAVAILABLE']);
    expect(job.errorRaw).toContain('are not configured');
  });
});
