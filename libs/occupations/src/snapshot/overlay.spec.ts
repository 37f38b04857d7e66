import fc from 'fast-check';
import { completeRatings, makeSnapshot, ratingRow, SKILLS, soc } from '../../../../test/support/snapshots';
import { ratedSkillsOf } from '../skill-ratings';
import type { PulledOccupation } from './overlay';
import type { RatingRow } from './rating-table';
import { ReleaseSnapshot } from './release-snapshot';

const RATED = '11-1011.00';
const UNRATED = '15-2051.00';
const UNLISTED = '13-1011.00';
const PULLED_AT = '2026-08-01T12:00:00.000Z';

const pulledOccupation = (
  code: string,
  ratings: readonly RatingRow[] = completeRatings(code, ['1', '2', '3']),
): PulledOccupation => ({
  code: soc(code),
  title: `Pulled ${code}`,
  description: 'New.',
  pulledAt: PULLED_AT,
  ratings,
});

const releaseWith = (...pulled: readonly PulledOccupation[]): ReleaseSnapshot =>
  makeSnapshot(
    [
      { code: RATED, title: 'Chief Executives', ratings: completeRatings(RATED, ['4.75', '0', '1.12']) },
      { code: UNRATED, title: 'Data Scientists' },
    ],
    { pulled },
  );

const levelsOf = (snapshot: ReleaseSnapshot, code: string): number[] => {
  const occupation = snapshot.find(soc(code));
  return occupation === undefined || occupation.row < 0 ? [] : [...snapshot.levelsOf(occupation)];
};

describe('A release with pulled occupations beside it', () => {
  it('has one that it does not list, with title, description and the time of the pull', () => {
    expect(releaseWith(pulledOccupation(UNLISTED)).find(soc(UNLISTED))).toEqual({
      code: UNLISTED,
      title: `Pulled ${UNLISTED}`,
      description: 'New.',
      row: 1,
      ratingCount: 6,
      pulledAt: PULLED_AT,
    });
  });

  it('has ratings of one that it lists without, under its own title and description', () => {
    const snapshot = releaseWith(pulledOccupation(UNRATED));
    expect(levelsOf(snapshot, UNRATED)).toEqual([100, 200, 300]);
    expect(snapshot.find(soc(UNRATED))).toMatchObject({
      title: 'Data Scientists',
      description: 'What Data Scientists do.',
      pulledAt: PULLED_AT,
    });
  });

  it('is not overruled where it rates an occupation itself', () => {
    const snapshot = releaseWith(pulledOccupation(RATED));
    expect([levelsOf(snapshot, RATED), snapshot.find(soc(RATED))?.pulledAt]).toEqual([[475, 0, 112], null]);
  });

  it('keeps the levels of its own occupations', () => {
    const snapshot = releaseWith(pulledOccupation(UNLISTED), pulledOccupation(UNRATED));
    expect(levelsOf(snapshot, RATED)).toEqual([475, 0, 112]);
  });

  it('lists all occupations in order of their codes, in whatever order they were pulled', () => {
    const snapshot = releaseWith(pulledOccupation('99-0000.00'), pulledOccupation(UNLISTED), pulledOccupation(UNRATED));
    expect(snapshot.occupations.map(({ code }) => code)).toEqual([RATED, UNLISTED, UNRATED, '99-0000.00']);
  });

  it.each([
    ['lack one', completeRatings(UNRATED, ['1', '2', '3']).slice(1)],
    ['are levels only', completeRatings(UNRATED, ['1', '2', '3']).filter((row) => row.scale_id === 'LV')],
    [
      'are of another set of skills',
      completeRatings(UNRATED, ['1', '2', '3']).map((row) =>
        row.element_id === SKILLS[0]?.elementId ? ratingRow({ ...row, element_id: '2.C.1.a' }) : row,
      ),
    ],
  ])('stays as it is where the pulled ratings of one that it lists %s', (_, ratings) => {
    const [snapshot, alone] = [releaseWith(pulledOccupation(UNRATED, ratings)), releaseWith()];
    expect([snapshot.occupations, snapshot.level]).toEqual([alone.occupations, alone.level]);
  });

  it('lists one as not rated whose ratings are incomplete and that it does not list itself', () => {
    const ratings = completeRatings(UNLISTED, ['1', '2', '3']).slice(1);
    expect(releaseWith(pulledOccupation(UNLISTED, ratings)).find(soc(UNLISTED))).toMatchObject({
      row: -1,
      ratingCount: 5,
      pulledAt: PULLED_AT,
    });
  });

  it('lists one as not rated that was pulled without ratings', () => {
    expect(releaseWith(pulledOccupation(UNLISTED, [])).find(soc(UNLISTED))?.row).toBe(-1);
  });

  it('takes the ratings of one that was pulled without any, and then with them', () => {
    const snapshot = releaseWith(pulledOccupation(UNLISTED, []), pulledOccupation(UNLISTED));
    expect([levelsOf(snapshot, UNLISTED), snapshot.occupations.length]).toEqual([[100, 200, 300], 3]);
  });

  it('leaves the release alone as it was', () => {
    const snapshot = releaseWith(pulledOccupation(UNLISTED));
    expect(snapshot.content.occupations.map(({ code }) => code)).toEqual([RATED, UNRATED]);
    expect(snapshot.content.level.values).toHaveLength(SKILLS.length);
  });

  it('says the same of every occupation as one release with all of them', () => {
    const code = fc.integer({ min: 0, max: 30 }).map((number) => `11-10${String(number).padStart(2, '0')}.00`);
    const rating = (scaleId: string, elementId: string, of: string): fc.Arbitrary<RatingRow> =>
      fc
        .record({
          data_value: fc.integer({ min: 0, max: 700 }).map((hundredths) => (hundredths / 100).toFixed(2)),
          n: fc.option(fc.nat(100)),
          standard_error: fc.option(fc.nat(30_000).map((tenThousandths) => (tenThousandths / 10_000).toFixed(4))),
          recommend_suppress: fc.constantFrom('Y', 'N', null),
          not_relevant: fc.constantFrom('Y', 'N', null),
        })
        .map((figures) => ({ onetsoc_code: of, element_id: elementId, scale_id: scaleId, ...figures }));
    const occupation = code.chain((of) =>
      fc
        .tuple(...SKILLS.flatMap(({ elementId }) => ['IM', 'LV'].map((scaleId) => rating(scaleId, elementId, of))))
        .map((ratings) => ({ code: of, ratings })),
    );
    const occupations = fc.uniqueArray(fc.tuple(occupation, fc.constantFrom('own', 'listed', 'pulled')), {
      selector: ([{ code: of }]) => of,
      minLength: 1,
      maxLength: 12,
    });
    fc.assert(
      fc.property(occupations, (given) => {
        const title = (of: string): string => `Pulled ${of}`;
        const inOrder = given.toSorted(([a], [b]) => (a.code < b.code ? -1 : 1));
        const own = inOrder.filter(([, where]) => where !== 'pulled');
        const together = makeSnapshot(
          own.map(([{ code: of, ratings }, where]) => ({
            code: of,
            title: title(of),
            ratings: where === 'own' ? ratings : [],
          })),
          {
            // in the order they were given: who is asked for first is pulled first
            pulled: given
              .filter(([, where]) => where !== 'own')
              .map(([{ code: of, ratings }]) => pulledOccupation(of, ratings)),
          },
        );
        const whole = makeSnapshot(inOrder.map(([{ code: of, ratings }]) => ({ code: of, title: title(of), ratings })));
        for (const { code: of } of whole.occupations) {
          expect(ratedSkillsOf(together, of).skills).toEqual(ratedSkillsOf(whole, of).skills);
        }
        expect(together.occupations.map(({ code: of }) => of)).toEqual(whole.occupations.map(({ code: of }) => of));
      }),
    );
  });
});

describe('The edition of a snapshot', () => {
  const { content } = releaseWith();
  const fresh = pulledOccupation(UNLISTED);
  const later = { ...fresh, pulledAt: '2026-08-02T12:00:00.000Z' };
  const other = pulledOccupation('99-0000.00');
  const edition = (revision: number, ...given: readonly PulledOccupation[]): string =>
    new ReleaseSnapshot(content, { revision, fresh: given }).edition;

  it('is the revision where nothing is known before the database knows it', () => {
    expect(new ReleaseSnapshot(content, { revision: 7, pulled: [fresh] }).edition).toBe('7');
  });

  it('is another one for every other revision, pull, or time of a pull', () => {
    const editions = [
      edition(1),
      edition(2),
      edition(1, fresh),
      edition(2, fresh),
      edition(1, later),
      edition(1, other),
      edition(1, fresh, other),
    ];
    expect(new Set(editions).size).toBe(editions.length);
  });

  it('is the same wherever the same is known', () => {
    expect(edition(1, fresh, other)).toBe(edition(1, { ...fresh }, { ...other }));
  });

  it('holds nothing that an ETag must not hold', () => {
    expect(edition(1, fresh, other)).toMatch(/^[\x21\x23-\x7e]+$/);
  });
});
