import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { OperatorError } from '@app/common';
import { SAMPLE_LABEL } from '@app/ingestion';
import { describeOnEveryDatabase } from '../support/databases';
import { gapByLevel, strictGap, useIngestionApps } from '../support/ingestion-app';
import { codeOf, SKILL_FILE, SmallRelease } from '../support/release-folder';
import { useTemporaryFolder } from '../support/temporary-folder';

describeOnEveryDatabase('The first load', (database) => {
  const folder = useTemporaryFolder();
  const apps = useIngestionApps();

  test('fills an empty database with the bundled sample', async () => {
    const app = await apps.open(await database.create());

    const report = await app.ensureActiveRelease();

    expect(report).toMatchObject({ version: '30.1', label: SAMPLE_LABEL, occupations: 63, activated: true });
    expect(report?.rejections).toEqual([]);
    const served = await app.served();
    expect(served.occupations).toHaveLength(63);
    expect(strictGap(served, '11-1011.00', '11-3013.00')).toEqual([
      'Installation',
      'Equipment Maintenance',
      'Repairing',
    ]);
    expect(gapByLevel(served, '11-1011.00', '11-3013.00')).toHaveLength(9);
  });

  test('does nothing where a release is active', async () => {
    const app = await apps.open(await database.create());
    await app.ensureActiveRelease();

    const second = await app.ensureActiveRelease();

    expect(second).toBeNull();
    expect(await app.count('releases')).toBe(1);
    expect(await app.count('ingestions')).toBe(1);
  });

  test('does nothing where another release is active than the one it would load', async () => {
    const url = await database.create();
    const first = await apps.open(url);
    await first.ingest(await new SmallRelease().writeFolder(join(folder.path, '29.0')));

    const app = await apps.open(url);
    const report = await app.ensureActiveRelease();

    expect(report).toBeNull();
    expect((await app.served()).release.version).toBe('29.0');
  });

  test('is made once when three processes start on the same empty database', async () => {
    const url = await database.create();
    const started = await Promise.all([1, 2, 3].map(() => apps.open(url)));

    const reports = await Promise.all(started.map((app) => app.ensureActiveRelease()));

    expect(reports.filter((report) => report !== null)).toHaveLength(1);
    for (const app of started) {
      const served = await app.served();
      expect([served.occupations.length, served.revision]).toEqual([63, 1]);
      expect(await app.count('ingestions')).toBe(1);
    }
  });

  test.each(['folder', 'archive'])('takes the %s in ONET_DATA_DIR instead of the sample', async (kind) => {
    const path = join(folder.path, 'db_31_0_text');
    const release = new SmallRelease();
    const given = await (kind === 'folder' ? release.writeFolder(path) : release.writeZip(`${path}.zip`));
    const app = await apps.open(await database.create(), { ONET_DATA_DIR: given });

    const report = await app.ensureActiveRelease();

    expect(report).toMatchObject({ version: '31.0', occupations: 12, activated: true });
    expect((await app.served()).release.version).toBe('31.0');
  });

  test.each([
    ['does not exist', () => Promise.resolve(), /^There is no readable folder or \.zip at .*given\.$/],
    ['is an empty folder', mkdir, /^given is no O\*NET text release: it lacks Occupation Data\.txt, Scales Ref/],
    [
      'has a table that cannot be used',
      (path: string) => new SmallRelease().putFile(SKILL_FILE, Buffer.alloc(0)).writeFolder(path),
      /^Skills\.txt is empty\.$/,
    ],
  ])('fails with one sentence where ONET_DATA_DIR %s, and does not fall back to the sample', async (_, make, says) => {
    const path = join(folder.path, 'given');
    await make(path);
    const app = await apps.open(await database.create(), { ONET_DATA_DIR: path });

    const failure: unknown = await app.ensureActiveRelease().catch((error: unknown) => error);

    expect(failure).toBeInstanceOf(OperatorError);
    expect((failure as Error).message).toMatch(says);
    await app.snapshots.refresh();
    expect(app.snapshots.current()).toBeNull();
  });

  test('says what to do where the quality checks keep the release back', async () => {
    const release = new SmallRelease();
    release.table(SKILL_FILE).change({ 'O*NET-SOC Code': codeOf(0) }, 'Data Value', '?');
    const path = await release.writeFolder(join(folder.path, '31.0'));
    const app = await apps.open(await database.create(), { ONET_DATA_DIR: path });

    await expect(app.ensureActiveRelease()).rejects.toThrow(
      'Release 31.0 was loaded, but not activated: 1 of 10 occupations with ratings are incomplete (more than 1 %). ' +
        `To serve it all the same: npm run ingest -- --from ${path} --activate-anyway`,
    );
  });

  test('works once the fault is mended', async () => {
    const path = join(folder.path, '31.0');
    const url = await database.create();
    const failing = await apps.open(url, { ONET_DATA_DIR: path });
    await expect(failing.ensureActiveRelease()).rejects.toThrow();
    await new SmallRelease().writeFolder(path);

    const app = await apps.open(url, { ONET_DATA_DIR: path });
    const report = await app.ensureActiveRelease();

    expect(report?.activated).toBe(true);
  });

  describe('of a command that goes before those who serve', () => {
    test('loads the sample where nothing is asked for, and nothing the next time', async () => {
      const app = await apps.open(await database.create());

      const outcomes = [await app.ensureSomeRelease(), await app.ensureSomeRelease()];

      expect(outcomes).toEqual([
        { report: expect.objectContaining({ label: SAMPLE_LABEL }) as unknown, onlySample: true, failure: null },
        { report: null, onlySample: true, failure: null },
      ]);
    });

    test('loads the sample where what is asked for cannot be, and says why', async () => {
      const app = await apps.open(await database.create(), { ONET_DATA_DIR: join(folder.path, 'missing') });

      const { report, onlySample, failure } = await app.ensureSomeRelease();

      expect(report?.label).toBe(SAMPLE_LABEL);
      expect(onlySample).toBe(true);
      expect((failure as Error).message).toMatch(/^There is no readable folder or \.zip at .*missing\.$/);
    });

    test('puts what is asked for in place of the sample, but of no other release', async () => {
      const url = await database.create();
      await (await apps.open(url)).ensureSomeRelease();
      // not so few occupations that it would be kept back
      const wanted = new SmallRelease({ rated: 60 });
      const app = await apps.open(url, { ONET_DATA_DIR: await wanted.writeFolder(join(folder.path, '31.0')) });
      const later = await apps.open(url, { ONET_DATA_DIR: await wanted.writeFolder(join(folder.path, '31.1')) });

      const outcomes = [await app.ensureSomeRelease(), await later.ensureSomeRelease()];

      expect(outcomes).toEqual([
        {
          report: expect.objectContaining({ version: '31.0', activated: true }) as unknown,
          onlySample: false,
          failure: null,
        },
        { report: null, onlySample: false, failure: null },
      ]);
    });
  });
});
