import { codeOf, OCCUPATION_FILE, SKILL_FILE, SKILLS, type SmallRelease } from '../release-folder';

/** Later than all dates of a small release. */
export const LATER = '02/2026';

interface Rating {
  readonly element: string;
  readonly scale: string;
}

/** The ratings that an occupation of a small release has. */
export const RATINGS: readonly Rating[] = Object.keys(SKILLS).flatMap((element) =>
  ['IM', 'LV'].map((scale) => ({ element, scale })),
);

/** Gives ratings of an occupation other values, and a later date. */
export function rateAnew(release: SmallRelease, occupation: number, ratings = RATINGS): void {
  for (const { element, scale } of ratings) {
    const rating = { 'O*NET-SOC Code': codeOf(occupation), 'Element ID': element, 'Scale ID': scale };
    release.table(SKILL_FILE).change(rating, 'Data Value', '2.50');
    release.table(SKILL_FILE).change(rating, 'Date', LATER);
  }
}

/** Rates an occupation that was not; by default with a later date. The rows stand where its code belongs. */
export function rate(release: SmallRelease, occupation: number, date = LATER): void {
  const table = release.table(SKILL_FILE);
  for (const { element, scale } of RATINGS) {
    const like = { 'O*NET-SOC Code': codeOf(0), 'Element ID': element, 'Scale ID': scale };
    const line = table.line(table.lineOf(like));
    table.append(line.replace(codeOf(0), codeOf(occupation)).replace('08/2023', date));
  }
}

/** Lists an occupation more. */
export function list(release: SmallRelease, occupation: number): void {
  const code = codeOf(occupation);
  release.table(OCCUPATION_FILE).append([code, `Newcomers ${occupation}`, 'Does what nobody did before.'].join('\t'));
}

export function removeOccupation(release: SmallRelease, occupation: number): void {
  const cells = { 'O*NET-SOC Code': codeOf(occupation) };
  release.table(OCCUPATION_FILE).remove(cells);
  release.table(SKILL_FILE).remove(cells);
}

/** Gives an element another name, in every row. */
export function renameElement(release: SmallRelease): void {
  changeLines(release, 'Programming', 'Writing programs');
}

/** Takes the dates out of all ratings; returns the release. */
export function withoutDates(release: SmallRelease): SmallRelease {
  changeLines(release, '08/2023', 'n/a');
  return release;
}

function changeLines(release: SmallRelease, from: string, to: string): void {
  const table = release.table(SKILL_FILE);
  for (let line = 2; line <= table.rowCount + 1; line++) table.replace(line, table.line(line).replace(from, to));
}
