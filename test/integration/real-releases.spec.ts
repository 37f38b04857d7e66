import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { IngestionReport } from '@app/ingestion';
import type { ReleaseSnapshot } from '@app/occupations';
import { describeOnEveryDatabase } from '../support/databases';
import { gapByLevel, IngestionApp, strictGap } from '../support/ingestion-app';
import { naiveGapByLevel, naiveStrictGap, readNaiveLevels } from '../support/naive-gap';

/** Beside the project, since the data are O*NET's and not part of it. */
const RELEASES = join(__dirname, '../../../shared/onet');
const MISSING = ['29.1', '30.1'].filter((version) => !existsSync(join(RELEASES, version)));
const PAIRS = 5000;

const SOFTWARE_DEVELOPERS = '15-1252.00';
const DATA_SCIENTISTS = '15-2051.00';

if (MISSING.length > 0) {
  describe.skip(`The releases of O*NET (skipped: ../shared/onet lacks ${MISSING.join(' and ')})`, () => {
    test('are ingested and answered from', () => undefined);
  });
} else {
  describeOnEveryDatabase('The releases of O*NET', (database) => {
    let app: IngestionApp;
    const reports: Record<string, IngestionReport> = {};
    const snapshots: Record<string, ReleaseSnapshot> = {};

    beforeAll(async () => {
      app = await IngestionApp.open(await database.create());
      for (const version of ['29.1', '30.1']) {
        reports[version] = await app.ingest(join(RELEASES, version));
        snapshots[version] = app.snapshots.require();
      }
    }, 120_000);

    afterAll(() => app.close());

    describe.each([
      { version: '29.1', rated: 879, ratings: 61_530, scales: 29, irrelevant: 3302, suppressed: 124, texts: false },
      { version: '30.1', rated: 894, ratings: 62_580, scales: 31, irrelevant: 3383, suppressed: 147, texts: true },
    ])('$version', ({ version, rated, ratings, scales, irrelevant, suppressed, texts }) => {
      const count = (where: string): Promise<number> =>
        app.count('occupation_skills', `release_id = ? AND ${where}`, [reports[version]?.releaseId]);

      test('are loaded without losing a row, and activated', () => {
        expect(reports[version]).toMatchObject({
          version,
          occupations: 1016,
          rated,
          incomplete: [],
          tables: {
            'Occupation Data.txt': { landed: 1016, normalised: 1016, rejected: 0 },
            'Scales Reference.txt': { landed: scales, normalised: scales, rejected: 0 },
            'Skills.txt': { landed: ratings, normalised: ratings, rejected: 0 },
          },
          rejections: [],
          activated: true,
          concerns: [],
        });
      });

      test('have the flags that O*NET set', async () => {
        expect(await count('1 = 1')).toBe(ratings);
        expect(await count(`not_relevant = 'Y'`)).toBe(irrelevant);
        expect(await count(`recommend_suppress = 'Y'`)).toBe(suppressed);
        expect(await count(`not_relevant IS NULL AND scale_id = 'LV'`)).toBe(0);
      });

      test('are served with 35 skills and as many occupations rated and not rated as O*NET has', () => {
        const { occupations, skills } = snapshots[version]!;

        expect(skills).toHaveLength(35);
        expect(occupations.filter(({ row }) => row >= 0)).toHaveLength(rated);
        expect(occupations.filter(({ ratingCount }) => ratingCount === 0)).toHaveLength(1016 - rated);
      });

      test('say of every skill what it is and what three levels mean, or of none', () => {
        const { skills } = snapshots[version]!;
        const { tables } = reports[version]!;

        expect(skills.filter(({ description }) => description !== null)).toHaveLength(texts ? 35 : 0);
        expect(skills.flatMap(({ anchors }) => anchors)).toHaveLength(texts ? 105 : 0);
        expect(new Set(skills.map(({ anchors }) => anchors.length))).toEqual(new Set([texts ? 3 : 0]));
        for (const { landed, normalised, rejected, unneeded = 0 } of Object.values(tables)) {
          expect(normalised + rejected + unneeded).toBe(landed);
        }
        expect([tables['Content Model Reference.txt'], tables['Level Scale Anchors.txt']]).toEqual(
          texts
            ? [
                { landed: 630, normalised: 35, rejected: 0, unneeded: 595 },
                { landed: 483, normalised: 105, rejected: 0, unneeded: 378 },
              ]
            : [undefined, undefined],
        );
      });

      test('have the level 0 exactly where the importance is 1', () => {
        const { level, importance } = snapshots[version]!;

        const unlike = level.values.filter((value, cell) => (value === 0) !== (importance.values[cell] === 100));
        expect(level.values).toHaveLength(rated * 35);
        expect(unlike).toHaveLength(0);
      });

      test('answer thousands of random pairs like a naive reading of the text file does', async () => {
        const snapshot = snapshots[version]!;
        const naive = await readNaiveLevels(join(RELEASES, version));
        const codes = [...naive.levels.keys()];
        const random = seededRandom(20_261_201);
        const differing: string[] = [];
        let skillsInGaps = 0;

        for (let i = 0; i < PAIRS; i++) {
          const [from, to] = [codes[random(codes.length)]!, codes[random(codes.length)]!];
          const strict = strictGap(snapshot, from, to);
          const byLevel = gapByLevel(snapshot, from, to).map((gap): [string, number, number] => [
            gap.elementId,
            Math.round(gap.fromLevel * 100),
            Math.round(gap.toLevel * 100),
          ]);
          skillsInGaps += byLevel.length;
          const same =
            isDeepStrictEqual(strict, naiveStrictGap(naive, from, to)) &&
            isDeepStrictEqual(byLevel, naiveGapByLevel(naive, from, to));
          if (!same) differing.push(`${from} -> ${to}`);
        }

        expect(codes).toHaveLength(rated);
        expect(skillsInGaps).toBeGreaterThan(PAIRS);
        expect(differing).toEqual([]);
      });

      test('call every occupation without ratings not rated, in either place of a pair', async () => {
        const snapshot = snapshots[version]!;
        const { levels } = await readNaiveLevels(join(RELEASES, version));
        const notRated = expect.objectContaining({ code: 'OCCUPATION_NOT_RATED' }) as Error;

        const unrated = snapshot.occupations.filter(({ code }) => !levels.has(code));

        expect(unrated).toHaveLength(1016 - rated);
        for (const { code } of unrated) {
          expect(() => strictGap(snapshot, code, '11-1011.00')).toThrow(notRated);
          expect(() => gapByLevel(snapshot, '11-1011.00', code)).toThrow(notRated);
        }
      });
    });

    test('of 30.1 give the checked answers for chief executives and facilities managers', () => {
      const snapshot = snapshots['30.1']!;

      expect(strictGap(snapshot, '11-1011.00', '11-3013.00')).toEqual([
        'Installation',
        'Equipment Maintenance',
        'Repairing',
      ]);
      expect(
        gapByLevel(snapshot, '11-1011.00', '11-3013.00').map((gap) => [gap.elementId, gap.fromLevel, gap.toLevel]),
      ).toEqual([
        ['2.B.3.j', 0, 2.25],
        ['2.B.3.l', 0, 1.88],
        ['2.B.3.m', 1.12, 2.88],
        ['2.B.3.k', 0.5, 2.25],
        ['2.B.3.c', 0.25, 1.88],
        ['2.B.3.g', 1.5, 2.5],
        ['2.B.3.h', 1.38, 2.25],
        ['2.B.3.d', 0, 0.12],
        ['2.B.3.e', 1, 1.12],
      ]);
    });

    test('from 29.1 to 30.1 gain fifteen rated occupations and lose none', () => {
      const ratedIn = (version: string): Set<string> =>
        new Set(snapshots[version]?.occupations.filter(({ row }) => row >= 0).map(({ code }) => code));
      const [before, after] = [ratedIn('29.1'), ratedIn('30.1')];

      expect([...after].filter((code) => !before.has(code))).toHaveLength(15);
      expect([...before].filter((code) => !after.has(code))).toEqual([]);
      expect([before.has(SOFTWARE_DEVELOPERS), after.has(SOFTWARE_DEVELOPERS)]).toEqual([false, true]);
      expect([before.has(DATA_SCIENTISTS), after.has(DATA_SCIENTISTS)]).toEqual([false, false]);
    });

    test('can be gone back on: 29.1, activated again, answers as it did', async () => {
      const before = snapshots['29.1']!;

      await app.activation.activate(before.release.id);

      const again = await app.served();
      expect(again.revision).toBe(before.revision + 2);
      expect([again.level, again.importance]).toEqual([before.level, before.importance]);
      expect(() => strictGap(again, '11-1011.00', SOFTWARE_DEVELOPERS)).toThrow(
        `"to": ${SOFTWARE_DEVELOPERS} (Software Developers) is listed in O*NET release 29.1 without skill ratings.`,
      );
    });
  });
}

/** Numbers from 0 to below `limit`, the same ones in every run (mulberry32). */
function seededRandom(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % limit;
  };
}
