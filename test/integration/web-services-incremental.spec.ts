import { join } from 'node:path';
import { describeOnEveryDatabase } from '../support/databases';
import { OnetStub } from '../support/onet-web-services/onet-stub';
import { VERSIONS } from '../support/onet-web-services/raw-client';
import { SmallRelease } from '../support/release-folder';
import { useTemporaryFolder } from '../support/temporary-folder';
import { CHANGES } from '../support/web-services/changes';
import { RATINGS, rateAnew, removeOccupation, renameElement, withoutDates } from '../support/web-services/editions';
import { releaseRows, useBuildings, type Building, type BuildingOptions } from '../support/web-services/building';

/** 40 occupations that are rated and three that are not: three pages of them, and 16 of skills. */
const DATA = { rated: 40, unrated: 3 };
const PAGE = 20;
/** What every comparison asks for: the tables there are, the occupations, the scales, and ratings that are newer. */
const COMPARISON = 1 + 3 + 1 + 1;
const WHOLE = 'all tables of the O*NET Web Services';

describeOnEveryDatabase('A refresh from the Web Services', (database) => {
  const folder = useTemporaryFolder();
  const buildings = useBuildings();
  const stubs: OnetStub[] = [];

  afterEach(() => Promise.all(stubs.splice(0).map((stub) => stub.stop())));

  /** A process that serves a release, where the Web Services have another one. */
  async function start(
    upstream: SmallRelease,
    {
      base = new SmallRelease(DATA),
      ...options
    }: BuildingOptions & { base?: SmallRelease; layout?: 'one' | 'two' } = {},
  ): Promise<{ building: Building; stub: OnetStub; release: number }> {
    const stub = OnetStub.fromRelease(upstream, options.layout === undefined ? {} : { layout: options.layout });
    stubs.push(stub);
    await stub.start();
    const building = await buildings.open(await database.create(), stub, { pageSize: PAGE, ...options });
    const { releaseId } = await building.app.ingest(await base.writeFolder(join(folder.path, '1.0')));
    return { building, stub, release: releaseId };
  }

  /** The refreshed release must be what a whole build would have made. */
  async function expectAsWhole(building: Building, refreshed: number): Promise<void> {
    const whole = await building.build();
    expect(whole.label).toBe(WHOLE);
    expect(await releaseRows(building.app, refreshed)).toEqual(await releaseRows(building.app, whole.releaseId));
  }

  test.each(CHANGES)('comes to what a whole build does where $what', async ({ change, codes, more }) => {
    const upstream = new SmallRelease(DATA);
    change(upstream);
    const { building, stub, release } = await start(upstream);

    const refreshed = await building.build({ incremental: true });

    expect(stub.requests).toHaveLength(COMPARISON + more);
    expect(refreshed).toMatchObject({
      activated: true,
      rejections: [],
      label: `${codes} occupations of the O*NET Web Services, the rest as in release ${release}`,
    });
    expect((await building.app.served()).release.id).toBe(refreshed.releaseId);
    await expectAsWhole(building, refreshed.releaseId);
  });

  test.each(VERSIONS.flatMap((version) => (['one', 'two'] as const).map((layout) => ({ version, layout }))))(
    'comes to what a whole build does with $version, skills in $layout',
    async ({ version, layout }) => {
      const upstream = new SmallRelease(DATA);
      rateAnew(upstream, 11);
      rateAnew(upstream, 12, RATINGS.slice(0, 3));
      const { building } = await start(upstream, { version, layout });

      const { releaseId } = await building.build({ incremental: true });

      await expectAsWhole(building, releaseId);
    },
  );

  test.each<[string, (release: SmallRelease) => void, SmallRelease?]>([
    [
      'an element was renamed',
      (release) => {
        rateAnew(release, 4);
        renameElement(release);
      },
    ],
    [
      'more than thirty occupations would be asked for one by one',
      (release) => {
        for (let occupation = 0; occupation < 31; occupation++) rateAnew(release, occupation, RATINGS.slice(0, 1));
      },
    ],
    [
      'the ratings that are served have no dates',
      (release) => {
        rateAnew(release, 4);
      },
      withoutDates(new SmallRelease(DATA)),
    ],
  ])('is a whole build where %s', async (_, change, base = new SmallRelease(DATA)) => {
    const upstream = new SmallRelease(DATA);
    change(upstream);
    const { building, stub } = await start(upstream, { base });

    const built = await building.build({ incremental: true });

    expect(built).toMatchObject({ activated: true, label: WHOLE });
    // not one request for each of many occupations
    expect(stub.requests.filter(({ query }) => query.getAll('filter').some((one) => one.includes('.eq.')))).toEqual([]);
    await expectAsWhole(building, built.releaseId);
  });

  test('asks for thirty occupations one by one', async () => {
    const upstream = new SmallRelease(DATA);
    for (let occupation = 0; occupation < 30; occupation++) rateAnew(upstream, occupation, RATINGS.slice(0, 1));
    const { building, stub } = await start(upstream);

    const { label, releaseId } = await building.build({ incremental: true });

    expect(label).toMatch(/^30 occupations /);
    // the rows that are newer are two pages
    expect(stub.requests).toHaveLength(COMPARISON + 1 + 30);
    await expectAsWhole(building, releaseId);
  });

  test('is a whole build where nothing is served', async () => {
    const stub = OnetStub.fromRelease(new SmallRelease());
    stubs.push(stub);
    await stub.start();
    const building = await buildings.open(await database.create(), stub);

    expect(await building.build({ incremental: true })).toMatchObject({ activated: true, label: WHOLE });
  });

  test('that loses too much is kept back', async () => {
    const upstream = new SmallRelease(DATA);
    for (let occupation = 0; occupation < 9; occupation++) removeOccupation(upstream, occupation);
    const { building, release } = await start(upstream);

    const refreshed = await building.build({ incremental: true });

    expect(refreshed).toMatchObject({
      activated: false,
      concerns: ['it rates 31 occupations, more than 20 % fewer than the 40 of the active release'],
    });
    expect((await building.app.served()).release.id).toBe(release);
  });
});
