import { join } from 'node:path';
import type { QualityCounts } from '@app/database';
import { IngestionHistoryService } from '@app/ingestion';
import { describeOnEveryDatabase } from '../support/databases';
import { useOnetStub } from '../support/onet-web-services/use-onet-stub';
import { codeOf, OCCUPATION_FILE, SCALE_FILE, SKILL_FILE, SmallRelease } from '../support/release-folder';
import { useTemporaryFolder } from '../support/temporary-folder';
import { rateAnew, RATINGS, removeOccupation } from '../support/web-services/editions';
import { useBuildings, type Building } from '../support/web-services/building';

/** 120 rated occupations and two others, four scales, eight ratings each. */
const DATA = { rated: 120, unrated: 2 };
const ROWS = 122 + 4 + 120 * 8;

describeOnEveryDatabase('The quality report of an ingestion', (database) => {
  const folder = useTemporaryFolder();
  const buildings = useBuildings();
  const stub = useOnetStub({ release: new SmallRelease(DATA) });
  let building: Building;
  let base: number;

  beforeEach(async () => {
    building = await buildings.open(await database.create(), stub);
    base = (await ingest(new SmallRelease(DATA), '1.0')).releaseId;
  });

  const ingest = async (release: SmallRelease, name = '2.0'): ReturnType<Building['build']> =>
    building.app.ingest(await release.writeFolder(join(folder.path, name)));

  async function qualityOf(ingestionId: string): Promise<QualityCounts | null> {
    return (await building.app.get(IngestionHistoryService).get(ingestionId)).ingestion.quality;
  }

  const report = (counts: Partial<QualityCounts>): QualityCounts => ({
    comparedWith: base,
    landed: ROWS,
    normalised: ROWS,
    unchanged: ROWS,
    deduplicated: 0,
    rejected: 0,
    ...counts,
  });

  test('of the first one has nothing to compare with', async () => {
    const [first] = await building.app.query<{ id: string }>('SELECT id FROM ingestions');

    expect(await qualityOf(first?.id ?? '')).toEqual(report({ comparedWith: null, unchanged: 0 }));
  });

  test('of the same data says that all of it is the same', async () => {
    const { ingestionId } = await ingest(new SmallRelease(DATA));

    expect(await qualityOf(ingestionId)).toEqual(report({}));
  });

  test('of the same data from the Web Services says that all of it is the same', async () => {
    const { ingestionId } = await building.build();

    expect(await qualityOf(ingestionId)).toEqual(report({}));
  });

  test.each<[string, (release: SmallRelease) => void, Partial<QualityCounts>]>([
    [
      'ratings',
      (release) => {
        rateAnew(release, 1, RATINGS.slice(0, 3));
      },
      { unchanged: ROWS - 3 },
    ],
    [
      'figures that there were not',
      (release) => {
        release.table(SKILL_FILE).change({ 'O*NET-SOC Code': codeOf(1) }, 'N', '8');
      },
      { unchanged: ROWS - 1 },
    ],
    [
      'figures that there are no more',
      (release) => {
        release.table(SKILL_FILE).change({ 'O*NET-SOC Code': codeOf(2) }, 'N', 'n/a');
      },
      { unchanged: ROWS - 1 },
    ],
    [
      'a title, by case only',
      (release) => {
        release.table(OCCUPATION_FILE).change({ 'O*NET-SOC Code': codeOf(2) }, 'Title', 'occupation 3');
      },
      { unchanged: ROWS - 1 },
    ],
    [
      'a scale',
      (release) => {
        release.table(SCALE_FILE).change({ 'Scale ID': 'VH' }, 'Maximum', '4');
      },
      { unchanged: ROWS - 1 },
    ],
    [
      'an occupation that is gone',
      (release) => {
        removeOccupation(release, 7);
      },
      { landed: ROWS - 9, normalised: ROWS - 9, unchanged: ROWS - 9 },
    ],
  ])('counts what is the same apart from %s', async (_, change, counts) => {
    const release = new SmallRelease(DATA);
    change(release);

    const { ingestionId } = await ingest(release);

    expect(await qualityOf(ingestionId)).toEqual(report(counts));
  });

  test('counts rows that came twice apart from those that cannot be used', async () => {
    const release = new SmallRelease(DATA);
    const skills = release.table(SKILL_FILE);
    for (const line of [2, 3]) skills.append(skills.line(line));
    skills.append(skills.line(2).replace(codeOf(0), '99-9999.00'));
    // this one cannot even be landed
    skills.append('11-1011.00\t2.A.1.a');

    const { ingestionId } = await ingest(release);

    expect(await qualityOf(ingestionId)).toEqual(report({ landed: ROWS + 3, deduplicated: 2, rejected: 2 }));
  });

  test('compares with what was in service, and not with what was loaded last', async () => {
    const poor = await ingest(new SmallRelease({ rated: 10, unrated: 112, edition: 1 }), '2.0');
    const { ingestionId } = await ingest(new SmallRelease(DATA), '3.0');

    expect(poor.activated).toBe(false);
    expect(await qualityOf(ingestionId)).toEqual(report({}));
  });

  test('of a refresh counts what was taken from the active release, too', async () => {
    const release = new SmallRelease(DATA);
    rateAnew(release, 1);
    stub.replace(release);

    const { ingestionId, tables } = await building.build({ incremental: true });

    expect(tables).toMatchObject({
      skills: { landed: 8, normalised: 8 },
      [`release ${base}`]: { landed: 119 * 8, normalised: 119 * 8 },
    });
    expect(await qualityOf(ingestionId)).toEqual(report({ unchanged: ROWS - 8 }));
  });
});
