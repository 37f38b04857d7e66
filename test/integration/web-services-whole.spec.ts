import { join } from 'node:path';
import { describeOnEveryDatabase } from '../support/databases';
import { OnetStub } from '../support/onet-web-services/onet-stub';
import { VERSIONS } from '../support/onet-web-services/raw-client';
import { codeOf, OCCUPATION_FILE, SCALE_FILE, SKILL_FILE, SmallRelease } from '../support/release-folder';
import { servedState } from '../support/served-state';
import { useTemporaryFolder } from '../support/temporary-folder';
import { releaseRows, useBuildings } from '../support/web-services/building';
import { rejectionOf } from '../support/thrown-by';

const PAGE = 30;

describeOnEveryDatabase('A release built from the Web Services', (database) => {
  const folder = useTemporaryFolder();
  const buildings = useBuildings();
  const stubs: OnetStub[] = [];

  afterEach(() => Promise.all(stubs.splice(0).map((stub) => stub.stop())));

  async function serve(release: SmallRelease, layout?: 'one' | 'two'): Promise<OnetStub> {
    const stub = OnetStub.fromRelease(release, layout === undefined ? {} : { layout });
    stubs.push(stub);
    await stub.start();
    return stub;
  }

  test.each(VERSIONS.flatMap((version) => (['one', 'two'] as const).map((layout) => ({ version, layout }))))(
    'has the rows of the text release of the same data: $version, skills in $layout',
    async ({ version, layout }) => {
      const release = new SmallRelease({ rated: 12 });
      const stub = await serve(release, layout);
      const building = await buildings.open(await database.create(), stub, { version, pageSize: PAGE });
      const text = await building.app.ingest(await release.writeFolder(join(folder.path, '1.0')));

      const built = await building.build();

      const rows = await releaseRows(building.app, built.releaseId);
      expect(rows).toEqual(await releaseRows(building.app, text.releaseId));
      expect(rows['occupation_skills']).toHaveLength(96);
      expect(built).toMatchObject({ activated: true, occupations: 14, rated: 12, incomplete: [], rejections: [] });
      expect((await building.app.served()).release.id).toBe(built.releaseId);
      // pages of the tables that are needed, and the list of the tables; nothing twice
      const pages = layout === 'one' ? 1 + 1 + 4 : 1 + 1 + 2 + 2;
      expect(stub.requests).toHaveLength(1 + pages);
    },
  );

  test('is called after the day and its place, unless somebody names it', async () => {
    const building = await buildings.open(await database.create(), await serve(new SmallRelease()));

    const unnamed = await building.build();
    const named = await building.build({ release: '31.0', label: 'the autumn release' });

    expect(unnamed).toMatchObject({
      version: expect.stringMatching(/^web-\d{4}-\d\d-\d\d$/) as string,
      label: 'all tables of the O*NET Web Services',
    });
    expect(named).toMatchObject({ version: '31.0', label: 'the autumn release' });
    expect(await building.app.query('SELECT source FROM releases')).toEqual([
      { source: 'web_services' },
      { source: 'web_services' },
    ]);
  });

  test('counts the rows of each table, and has the same checksum as one of the same rows', async () => {
    const building = await buildings.open(await database.create(), await serve(new SmallRelease()), {
      pageSize: PAGE,
    });

    const { tables } = await building.build();
    await building.build();

    expect(tables).toEqual({
      occupation_data: { landed: 12, normalised: 12, rejected: 0 },
      scales_reference: { landed: 4, normalised: 4, rejected: 0 },
      skills: { landed: 80, normalised: 80, rejected: 0 },
    });
    const checksums = await building.app.query<{ checksum: string }>('SELECT checksum FROM releases');
    expect(new Set(checksums.map(({ checksum }) => checksum)).size).toBe(1);
  });

  test('has no figures where O*NET has none, rather than zeros', async () => {
    const release = new SmallRelease();
    for (const column of ['N', 'Standard Error', 'Lower CI Bound', 'Upper CI Bound', 'Recommend Suppress', 'Date']) {
      release.table(SKILL_FILE).change({ 'O*NET-SOC Code': codeOf(3) }, column, 'n/a');
    }
    const building = await buildings.open(await database.create(), await serve(release));

    await building.build();

    const [row] = await building.app.query(
      `SELECT n, standard_error, lower_ci_bound, upper_ci_bound, recommend_suppress, not_relevant, date_updated
         FROM occupation_skills WHERE onetsoc_code = ? AND element_id = '2.A.1.a' AND scale_id = 'IM'`,
      [codeOf(3)],
    );
    expect(row).toEqual({
      n: null,
      standard_error: null,
      lower_ci_bound: null,
      upper_ci_bound: null,
      recommend_suppress: null,
      not_relevant: null,
      date_updated: null,
    });
  });

  test('leaves out rows that cannot be used, and tells their table, their place and why', async () => {
    // so many that the occupation that loses a rating is less than one in a hundred
    const release = new SmallRelease({ rated: 120 });
    const skills = release.table(SKILL_FILE);
    const rating = { 'O*NET-SOC Code': codeOf(4), 'Element ID': '2.A.1.b', 'Scale ID': 'LV' };
    const out = skills.change(rating, 'Data Value', '9.5') - 1;
    const unknown = skills.append(skills.line(2).replace(codeOf(0), '99-9999.00')) - 1;
    const twice = skills.append(skills.line(2)) - 1;
    const untitled = release.table(OCCUPATION_FILE).change({ 'O*NET-SOC Code': codeOf(121) }, 'Title', ' ') - 1;
    const scale = release.table(SCALE_FILE).append('XX\tNothing\tlow\thigh') - 1;
    const building = await buildings.open(await database.create(), await serve(release), { pageSize: 100 });

    const report = await building.build();

    const found = await building.rejected(report.ingestionId);
    expect(found.map(({ sourceFile, lineNo, reasonCode, reason }) => [sourceFile, lineNo, reasonCode, reason])).toEqual(
      [
        ['occupation_data', untitled, 'MISSING_VALUE', 'Title is empty'],
        ['scales_reference', scale, 'NOT_A_NUMBER', 'Minimum is "low", not a whole number'],
        ['skills', out, 'OUT_OF_SCALE', 'Data Value 9.5 is outside scale LV, 0 to 7'],
        [
          'skills',
          unknown,
          'UNKNOWN_OCCUPATION',
          'O*NET-SOC Code 99-9999.00 is not among the occupations of the release',
        ],
        ['skills', twice, 'DUPLICATE_KEY', `${codeOf(0)} 2.A.1.a IM was given in line 1 already; that line is used`],
      ],
    );
    expect(report).toMatchObject({ activated: true, rated: 119, incomplete: [codeOf(4)] });
  });

  test.each(['occupation_data', 'scales_reference', 'skills'])(
    'cannot be made where the table %s is empty, and what is served stays',
    async (table) => {
      const release = new SmallRelease();
      const stub = await serve(release);
      const building = await buildings.open(await database.create(), stub);
      await building.app.ingest(await release.writeFolder(join(folder.path, '1.0')));
      const before = await servedState(building.app);
      stub.setRows(table, []);

      const { kind, job } = await building.attempt(await building.ask());

      expect([kind, job.state, job.errorCode, job.errorDetail]).toEqual([
        'failed',
        'failed',
        'RELEASE_UNUSABLE',
        `The table ${table} of the O*NET Web Services has no rows.`,
      ]);
      expect(await servedState(building.app)).toEqual(before);
    },
  );

  test('that rates more than 20 % fewer occupations than the active one is kept back', async () => {
    const stub = await serve(new SmallRelease({ rated: 7, unrated: 5 }));
    const building = await buildings.open(await database.create(), stub);
    await building.app.ingest(await new SmallRelease().writeFolder(join(folder.path, '1.0')));

    const kept = await building.build();
    const servedThen = (await building.app.served()).release.version;
    const forced = await building.build({ activateAnyway: true });

    expect(kept).toMatchObject({
      activated: false,
      concerns: ['it rates 7 occupations, more than 20 % fewer than the 10 of the active release'],
    });
    expect([servedThen, forced.activated]).toEqual(['1.0', true]);
  });

  test('is refused while one is being built, whole or in part', async () => {
    const building = await buildings.open(await database.create(), await serve(new SmallRelease()));
    const running = await building.ask();

    const refusals = [await rejectionOf(building.ask()), await rejectionOf(building.ask({ incremental: true }))];

    expect(refusals).toEqual(
      refusals.map(() => expect.objectContaining({ code: 'CONFLICT', jobId: running }) as unknown),
    );
  });
});
