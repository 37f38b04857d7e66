import { codeOf, OCCUPATION_FILE, SCALE_FILE, type SmallRelease } from '../release-folder';
import { list, RATINGS, rate, rateAnew, removeOccupation } from './editions';

/** What O*NET changes from one release to the next, and what a refresh has to do about it. */
interface Change {
  readonly what: string;
  readonly change: (release: SmallRelease) => void;
  /** Occupations that are taken from the Web Services, and requests beyond the comparison. */
  readonly codes: number;
  readonly more: number;
}

export const CHANGES: readonly Change[] = [
  {
    what: 'two occupations were rated anew',
    change: (release: SmallRelease): void => {
      for (const occupation of [1, 17]) rateAnew(release, occupation);
    },
    codes: 2,
    more: 0,
  },
  {
    what: 'an occupation is rated that was not',
    change: (release: SmallRelease): void => {
      rate(release, 41);
    },
    codes: 1,
    more: 0,
  },
  {
    what: 'there is a new occupation, with ratings that are no newer',
    change: (release: SmallRelease): void => {
      list(release, 50);
      rate(release, 50, '08/2023');
    },
    codes: 1,
    more: 1,
  },
  {
    what: 'there is a new occupation without ratings',
    change: (release: SmallRelease): void => {
      list(release, 50);
    },
    codes: 0,
    more: 1,
  },
  {
    what: 'an occupation is gone',
    change: (release: SmallRelease): void => {
      removeOccupation(release, 5);
    },
    codes: 0,
    more: 0,
  },
  {
    what: 'an occupation has another title',
    change: (release: SmallRelease): void => {
      release.table(OCCUPATION_FILE).change({ 'O*NET-SOC Code': codeOf(3) }, 'Title', 'Bakers');
    },
    codes: 0,
    more: 0,
  },
  {
    what: 'an occupation has another description',
    change: (release: SmallRelease): void => {
      release.table(OCCUPATION_FILE).change({ 'O*NET-SOC Code': codeOf(3) }, 'Description', 'Bakes.');
    },
    codes: 0,
    more: 0,
  },
  {
    what: 'a scale has another name',
    change: (release: SmallRelease): void => {
      release.table(SCALE_FILE).change({ 'Scale ID': 'LV' }, 'Scale Name', 'Level of skill');
    },
    codes: 0,
    more: 0,
  },
  {
    what: 'some ratings of an occupation are newer',
    change: (release: SmallRelease): void => {
      rateAnew(release, 8, RATINGS.slice(2, 5));
    },
    codes: 1,
    more: 1,
  },
  {
    what: 'of all of it something',
    change: (release: SmallRelease): void => {
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
