import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { naiveGapByLevel, readNaiveLevels } from '../naive-gap';
import { codeOf, OCCUPATION_FILE } from '../release-folder';

/** Occupations between which gaps are asked for. */
const PAIRS = [
  [0, 2],
  [2, 0],
  [1, 5],
  [7, 3],
] as const;

/** What is asked for. */
export const GAP_PATHS = PAIRS.map(([from, to]) => `/api/v1/skill-gap-by-lvl?from=${codeOf(from)}&to=${codeOf(to)}`);

/** The answers to {@link GAP_PATHS} byte for byte, worked out from the files of a release without the application. */
export async function expectedGaps(folder: string, release: string): Promise<ReadonlyMap<string, string>> {
  const naive = await readNaiveLevels(folder);
  const titles = await readTitles(folder);
  const occupation = (code: string): object => ({ code, title: titles.get(code), source: 'text', pulled_at: null });
  return new Map(
    PAIRS.map(([from, to], index) => {
      const answer = {
        from_occupation: occupation(codeOf(from)),
        to_occupation: occupation(codeOf(to)),
        release,
        skill_gaps: naiveGapByLevel(naive, codeOf(from), codeOf(to)).map(([id, a, b]) => ({
          element_id: id,
          skill_name: naive.elements.get(id),
          from_proficiency_level: a / 100,
          to_proficiency_level: b / 100,
        })),
      };
      return [GAP_PATHS[index]!, JSON.stringify(answer)];
    }),
  );
}

async function readTitles(folder: string): Promise<ReadonlyMap<string, string>> {
  const lines = (await readFile(join(folder, OCCUPATION_FILE), 'utf8')).trimEnd().split('\r\n').slice(1);
  return new Map(
    lines.map((line) => {
      const [code = '', title = ''] = line.split('\t');
      return [code, title];
    }),
  );
}
