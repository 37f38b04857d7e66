import { join } from 'node:path';
import { describeOnEveryDatabase } from '../support/databases';
import { OnetStub } from '../support/onet-web-services/onet-stub';
import { VERSIONS } from '../support/onet-web-services/raw-client';
import { codeOf, OCCUPATION_FILE, SCALE_FILE, SmallRelease } from '../support/release-folder';
import { useTemporaryFolder } from '../support/temporary-folder';
import {
  list,
  RATINGS,
  rate,
  rateAnew,
  removeOccupation,
  renameElement,
  withoutDates,
} from '../support/web-services/editions';
import { releaseRows, useBuildings, type Building, type BuildingOptions } from '../support/web-services/building';

/** 40 occupations that are rated and three that are not: three pages of them, and 16 of skills. */
const DATA = { rated: 40, unrated: 3 };
const PAGE = 20;
/** What every comparison asks for: the tables there are, the occupations, the scales, and ratings that are newer. */
const COMPARISON = 1 + 3 + 1 + 1;
const WHOLE = 'all tables of the O*NET Web Services';

interface Change {
  readonly what: string;
  readonly change: (release: SmallRelease) => void;
  /** Occupations that are taken from the Web Services, and requests beyond the comparison. */
  readonly codes: number;
  readonly more: number;
}

const CHANGES: readonly Change[] = [
  {
    what: 'two occupations were rated anew',
    change: (release) => {
      for (const occupation of [1, 17]) rateAnew(release, occupation);
    },
    codes: 2,
    more: 0,
  },
  {
    what: 'an occupation is rated that was not',
    change: (release) => {
      rate(release, 41);
    },
    codes: 1,
    more: 0,
  },
  {
    what: 'there is a new occupation, with ratings that are no newer',
    change: (release) => {
      list(release, 50);
      rate(release, 50, '08/2023');
    },
    codes: 1,
    more: 1,
  },
  {
    what: 'there is a new occupation without ratings',
    change: (release) => {
      list(release, 50);
    },
    codes: 0,
    more: 1,
  },
  {
    what: 'an occupation is gone',
    change: (release) => {
      removeOccupation(release, 5);
    },
    codes: 0,
    more: 0,
  },
  {
    what: 'an occupation has another title',
    change: (release) => {
      release.table(OCCUPATION_FILE).change({ 'O*NET-SOC Code': codeOf(3) }, 'Title', 'Bakers');
    },
    codes: 0,
    more: 0,
  },
  {
    what: 'an occupation has another description',
    change: (release) => {
      release.table(OCCUPATION_FILE).change({ 'O*NET-SOC Code': codeOf(3) }, 'Description', 'Bakes.');
    },
    codes: 0,
    more: 0,
  },
  {
    what: 'a scale has another name',
    change: (release) => {
      release.table(SCALE_FILE).change({ 'Scale ID': 'LV' }, 'Scale Name', 'Level of skill');
    },
    codes: 0,
    more: 0,
  },
  {
    what: 'some ratings of an occupation are newer',
    change: (release) => {
      rateAnew(release, 8, RATINGS.slice(2, 5));
    },
    codes: 1,
    more: 1,
  },
  {
    what: 'of all of it something',
    change: (release) => {
      removeOccupation(release, 5);
      rateAnew(release, 6);
      rateAnew(release, 30, RATINGS.slice(0, 1));
      list(release, 50);
      rate(release, 50);
    },
    codes: 3,
    more: 1,
  },
];

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
      withoutDates(),
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
