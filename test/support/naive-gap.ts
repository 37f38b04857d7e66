import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Levels of the skills as the text file lists them, in hundredths, by occupation and element. */
export interface NaiveLevels {
  readonly elements: ReadonlyMap<string, string>;
  readonly levels: ReadonlyMap<string, ReadonlyMap<string, number>>;
}

/** Reads the levels of a release, sharing nothing with the application: what its answers are checked against. */
export async function readNaiveLevels(folder: string): Promise<NaiveLevels> {
  const text = await readFile(join(folder, 'Skills.txt'), 'utf8');
  const elements = new Map<string, string>();
  const levels = new Map<string, Map<string, number>>();
  for (const line of text.trimEnd().split('\r\n').slice(1)) {
    const [code = '', element = '', name = '', scale, value = ''] = line.split('\t');
    if (scale !== 'LV') continue;
    elements.set(element, name);
    const ofOccupation = levels.get(code) ?? new Map<string, number>();
    levels.set(code, ofOccupation.set(element, hundredths(value)));
  }
  return { elements, levels };
}

/** Names of the skills at level 0 in `from` and above it in `to`, in the order of the file. */
export function naiveStrictGap({ elements, levels }: NaiveLevels, from: string, to: string): string[] {
  return [...elements]
    .filter(([id]) => levels.get(from)!.get(id) === 0 && levels.get(to)!.get(id)! > 0)
    .map(([, name]) => name);
}

/** `[element, level in from, level in to]` where `to` asks for more, largest difference first. */
export function naiveGapByLevel(
  { elements, levels }: NaiveLevels,
  from: string,
  to: string,
): [string, number, number][] {
  const gaps = [...elements.keys()].flatMap((id, order) => {
    const [a, b] = [levels.get(from)!.get(id)!, levels.get(to)!.get(id)!];
    return b > 0 && b > a ? [{ id, a, b, order }] : [];
  });
  gaps.sort((x, y) => y.b - y.a - (x.b - x.a) || x.order - y.order);
  return gaps.map(({ id, a, b }) => [id, a, b]);
}

/** Reads the digits as they are: no floating point in between. */
function hundredths(value: string): number {
  const [whole = '', fraction = ''] = value.split('.');
  return Number(whole) * 100 + Number(fraction.padEnd(2, '0'));
}
