import { join } from 'node:path';
import { describeOnEveryDatabase } from '../support/databases';
import { VERSIONS } from '../support/onet-web-services/raw-client';
import { useOnetStub } from '../support/onet-web-services/use-onet-stub';
import { ANCHOR_FILE, ELEMENT_FILE, SmallRelease } from '../support/release-folder';
import { useTemporaryFolder } from '../support/temporary-folder';
import { pagesAsked, releaseRows, useBuildings, type Building } from '../support/web-services/building';
import { rateAnew } from '../support/web-services/editions';

const ELEMENT_TABLE = 'content_model_reference';
const ANCHOR_TABLE = 'level_scale_anchors';
const TEXTS = { texts: true };

describeOnEveryDatabase('What the Web Services say of skills and their levels', (database) => {
  const folder = useTemporaryFolder();
  const buildings = useBuildings();
  const stub = useOnetStub({ release: new SmallRelease(TEXTS) });

  const open = async (options: Parameters<typeof buildings.open>[2] = {}): Promise<Building> =>
    buildings.open(await database.create(), stub, options);

  const ingest = async ({ app }: Building, release: SmallRelease): ReturnType<typeof app.ingest> =>
    app.ingest(await release.writeFolder(join(folder.path, '1.0')));

  describe('in a whole build', () => {
    test.each(VERSIONS)('is what the text release of the same data says: %s', async (version) => {
      const building = await open({ version, pageSize: 10 });
      const text = await ingest(building, new SmallRelease(TEXTS));

      const built = await building.build();

      const rows = await releaseRows(building.app, built.releaseId);
      expect(rows).toEqual(await releaseRows(building.app, text.releaseId));
      expect([rows['skill_descriptions']?.length, rows['level_anchors']?.length]).toEqual([4, 12]);
      expect(built).toMatchObject({ activated: true, rejections: [] });
      expect(built.tables).toMatchObject({
        [ELEMENT_TABLE]: { landed: 7, normalised: 4, rejected: 0, unneeded: 3 },
        [ANCHOR_TABLE]: { landed: 15, normalised: 12, rejected: 0, unneeded: 3 },
      });
      expect(pagesAsked(stub.requests).slice(-3)).toEqual([
        `${ELEMENT_TABLE} 1`,
        `${ANCHOR_TABLE} 1`,
        `${ANCHOR_TABLE} 11`,
      ]);
    });

    test('is done without where the tables are not there', async () => {
      stub.replace(new SmallRelease());
      const building = await open();

      const { activated, releaseId } = await building.build();

      expect(activated).toBe(true);
      expect(await releaseRows(building.app, releaseId)).toMatchObject({ skill_descriptions: [], level_anchors: [] });
    });

    test('is done without where the tables are empty', async () => {
      for (const table of [ELEMENT_TABLE, ANCHOR_TABLE]) stub.setRows(table, []);
      const building = await open();

      const { activated, tables } = await building.build();

      expect(activated).toBe(true);
      expect(tables).toMatchObject({ [ELEMENT_TABLE]: { landed: 0 }, [ANCHOR_TABLE]: { landed: 0 } });
    });

    test('is rejected with table, place and reason where it cannot be used', async () => {
      const upstream = new SmallRelease(TEXTS);
      const nothing = upstream.table(ELEMENT_FILE).change({ 'Element ID': '2.A.1.a' }, 'Description', 'n/a') - 1;
      const above = upstream.table(ANCHOR_FILE).change({ 'Element ID': '2.A.1.a' }, 'Anchor Value', '9') - 1;
      stub.replace(upstream);
      const building = await open();

      const report = await building.build();

      const found = await building.rejected(report.ingestionId);
      expect(found.map(({ sourceFile, lineNo, reason }) => [sourceFile, lineNo, reason])).toEqual([
        [ELEMENT_TABLE, nothing, 'Description is empty'],
        [ANCHOR_TABLE, above, 'Anchor Value 9 is outside scale LV, 0 to 7'],
      ]);
      expect(report).toMatchObject({ activated: true, rated: 10, incomplete: [] });
    });

    test('is gone on with behind the page at which an attempt failed', async () => {
      const building = await open({ pageSize: 10 });
      const id = await building.ask();
      stub.failOn(({ tableId, query }) => tableId === ANCHOR_TABLE && query.get('start') === '11', {
        kind: 'malformed',
      });
      await building.attempt(id);
      stub.heal();
      const asked = stub.requests.length;

      const { job, ingestion } = await building.attempt(id);

      expect(job.state).toBe('completed');
      const pages = pagesAsked(stub.requests.slice(asked));
      expect(pages.at(-1)).toBe(`${ANCHOR_TABLE} 10`);
      const text = await ingest(building, new SmallRelease(TEXTS));
      expect(await releaseRows(building.app, ingestion.releaseId ?? 0)).toEqual(
        await releaseRows(building.app, text.releaseId),
      );
    });
  });

  describe('in a refresh', () => {
    test('is nothing new where the release says the same', async () => {
      const building = await open();
      await ingest(building, new SmallRelease(TEXTS));

      expect(await building.run({ incremental: true })).toMatchObject({ outcome: 'unchanged' });
      // the list of tables, occupations, scales, ratings, and two tables of what is said of skills
      expect(stub.requests).toHaveLength(6);
    });

    test('is nothing new where rows differ only that are not needed, or could not be used anyway', async () => {
      const upstream = new SmallRelease(TEXTS);
      upstream.table(ELEMENT_FILE).change({ 'Element ID': '2.C.1.a' }, 'Description', 'Knowing less.');
      upstream.table(ELEMENT_FILE).append('2.A.1.a\tReading Comprehension\tTwice.');
      upstream.table(ANCHOR_FILE).append('2.A.1.a\tReading Comprehension\tLV\t8\tRead all.');
      stub.replace(upstream);
      const building = await open();
      await ingest(building, new SmallRelease(TEXTS));

      expect(await building.run({ incremental: true })).toMatchObject({ outcome: 'unchanged' });
    });

    test.each<[string, SmallRelease, (release: SmallRelease) => void]>([
      [
        'a skill is described otherwise',
        new SmallRelease(TEXTS),
        (release) => {
          release.table(ELEMENT_FILE).change({ 'Element ID': '2.A.1.a' }, 'Description', 'Reads.');
        },
      ],
      [
        'an anchor stands at another level',
        new SmallRelease(TEXTS),
        (release) => {
          release.table(ANCHOR_FILE).change({ 'Element ID': '2.A.1.a', 'Anchor Value': '4' }, 'Anchor Value', '5');
        },
      ],
      [
        'an anchor is gone',
        new SmallRelease(TEXTS),
        (release) => {
          release.table(ANCHOR_FILE).remove({ 'Element ID': '2.A.1.a', 'Anchor Value': '4' });
        },
      ],
      ['the release said nothing', new SmallRelease(), () => undefined],
      [
        'the tables are gone',
        new SmallRelease(TEXTS),
        (release) => {
          release.removeFile(ELEMENT_FILE).removeFile(ANCHOR_FILE);
        },
      ],
      [
        'occupations were rated anew',
        new SmallRelease(TEXTS),
        (release) => {
          rateAnew(release, 3);
        },
      ],
    ])('comes to what a whole build does where %s', async (_, base, change) => {
      const upstream = new SmallRelease(TEXTS);
      change(upstream);
      stub.replace(upstream);
      const building = await open();
      await ingest(building, base);

      const refreshed = await building.build({ incremental: true });

      expect(refreshed).toMatchObject({
        activated: true,
        rejections: [],
        label: expect.stringContaining('the rest as in') as string,
      });
      const whole = await building.build();
      expect(await releaseRows(building.app, refreshed.releaseId)).toEqual(
        await releaseRows(building.app, whole.releaseId),
      );
    });
  });
});
