import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { TextTable } from './text-table';
import { zipArchive } from './zip-archive';

export const OCCUPATION_FILE = 'Occupation Data.txt';
export const SCALE_FILE = 'Scales Reference.txt';
export const SKILL_FILE = 'Skills.txt';
export const ESSENTIAL_FILE = 'Essential Skills.txt';
export const TRANSFERABLE_FILE = 'Transferable Skills.txt';
export const ELEMENT_FILE = 'Content Model Reference.txt';
export const ANCHOR_FILE = 'Level Scale Anchors.txt';

/** Skills of a small release, in element order. */
export const SKILLS: Readonly<Record<string, string>> = {
  '2.A.1.a': 'Reading Comprehension',
  '2.A.1.b': 'Active Listening',
  '2.B.1.a': 'Social Perceptiveness',
  '2.B.3.e': 'Programming',
};

const ELEMENT_IDS = Object.keys(SKILLS);

const SCALES = [
  ['CT', 'Context', '1', '3'],
  ['IM', 'Importance', '1', '5'],
  ['LV', 'Level', '0', '7'],
  ['VH', 'Extent', '-3', '3'],
];

const SKILL_COLUMNS = [
  'O*NET-SOC Code',
  'Element ID',
  'Element Name',
  'Scale ID',
  'Data Value',
  'N',
  'Standard Error',
  'Lower CI Bound',
  'Upper CI Bound',
  'Recommend Suppress',
  'Not Relevant',
  'Date',
  'Domain Source',
];

const ELEMENT_COLUMNS = ['Element ID', 'Element Name', 'Description'];
const ANCHOR_COLUMNS = ['Element ID', 'Element Name', 'Scale ID', 'Anchor Value', 'Anchor Description'];

/** What the content model of a small release says of a skill. */
export function descriptionOf(elementId: string): string {
  return `Being good at "${SKILLS[elementId] ?? elementId}", in cafés too.`;
}

/** What the anchor of a skill says that stands at a level of it. */
export function anchorAt(elementId: string, level: number): string {
  return `Do things of ${SKILLS[elementId] ?? elementId} that take a ${level} 🍰`;
}

/** Levels that the skills of a small release are anchored at; not in this order in its table. */
export const ANCHOR_LEVELS = [2, 4, 6];

/** As in O*NET's tables, there is more than skills, among it what is made up of skills. */
const ELEMENTS = [
  ['1.A', 'Abilities', 'What people can do for long.'],
  ['2.A', 'Basic Skills', ''],
  ...ELEMENT_IDS.map((id) => [id, SKILLS[id] ?? '', descriptionOf(id)]),
  ['2.C.1.a', 'Administration', 'Knowing how things are run.'],
];
const ANCHORS = ['1.A.1.a.1', ...ELEMENT_IDS].flatMap((id) =>
  ANCHOR_LEVELS.toReversed().map((level) => [id, SKILLS[id] ?? '', 'LV', String(level), anchorAt(id, level)]),
);

export interface SmallReleaseOptions {
  /** Rated occupations; 10 by default. */
  readonly rated?: number;
  /** Occupations without any rating, listed behind the rated ones; 2 by default. */
  readonly unrated?: number;
  /** Levels differ from one edition to the next. */
  readonly edition?: number;
  /** One skill file, as up to release 30.2, or two, as from 30.3 on. */
  readonly layout?: 'one skill file' | 'two skill files';
  /** Whether the tables are there that say what skills are, and what their levels mean; by default they are not. */
  readonly texts?: boolean;
}

/** The code of an occupation of a small release, counted from 0. */
export function codeOf(occupation: number): string {
  return `${String(11 + Math.floor(occupation / 100))}-${String(1011 + (occupation % 100) * 10)}.00`;
}

/** A small text release, to be damaged and written to disk. */
export class SmallRelease {
  private readonly files: Map<string, TextTable | Buffer>;

  constructor({
    rated = 10,
    unrated = 2,
    edition = 0,
    layout = 'one skill file',
    texts = false,
  }: SmallReleaseOptions = {}) {
    const codes = Array.from({ length: rated + unrated }, (_, index) => codeOf(index));
    const occupations = codes.map((code, index) => [code, titleOf(index), `Does "the work" of ${code}; paid in €.`]);
    const ratings = codes.slice(0, rated).flatMap((code, index) => ratingsOf(code, index, edition));
    const skills = (part: string): TextTable =>
      new TextTable(
        SKILL_COLUMNS,
        ratings.filter(([, elementId]) => elementId?.startsWith(part)),
      );
    this.files = new Map([
      [OCCUPATION_FILE, new TextTable(['O*NET-SOC Code', 'Title', 'Description'], occupations)],
      [SCALE_FILE, new TextTable(['Scale ID', 'Scale Name', 'Minimum', 'Maximum'], SCALES)],
      ...(layout === 'one skill file'
        ? ([[SKILL_FILE, skills('2.')]] as const)
        : ([
            [ESSENTIAL_FILE, skills('2.A.')],
            [TRANSFERABLE_FILE, skills('2.B.')],
          ] as const)),
      ...(texts
        ? ([
            [ELEMENT_FILE, new TextTable(ELEMENT_COLUMNS, ELEMENTS)],
            [ANCHOR_FILE, new TextTable(ANCHOR_COLUMNS, ANCHORS)],
          ] as const)
        : []),
    ]);
  }

  get fileNames(): string[] {
    return [...this.files.keys()];
  }

  table(file: string): TextTable {
    const table = this.files.get(file);
    if (!(table instanceof TextTable)) throw new Error(`The release has no table ${file}`);
    return table;
  }

  bytes(file: string): Buffer {
    const content = this.files.get(file);
    if (content === undefined) throw new Error(`The release has no file ${file}`);
    return content instanceof TextTable ? content.bytes() : content;
  }

  removeFile(file: string): this {
    this.files.delete(file);
    return this;
  }

  /** Puts a file into the release, whatever it holds. */
  putFile(file: string, content: Buffer): this {
    this.files.set(file, content);
    return this;
  }

  /** Writes the release as a folder; returns its path. */
  async writeFolder(path: string): Promise<string> {
    await mkdir(path, { recursive: true });
    await Promise.all(this.fileNames.map((file) => writeFile(join(path, file), this.bytes(file))));
    return path;
  }

  /** Writes the release as an archive with one folder in it, as it is published; returns its path. */
  async writeZip(path: string, options: { readonly compress?: boolean } = {}): Promise<string> {
    await mkdir(dirname(path), { recursive: true });
    const entries = this.fileNames.map((file) => [`db_text/${file}`, this.bytes(file)] as const);
    await writeFile(path, await zipArchive(entries, options));
    return path;
  }
}

function titleOf(occupation: number): string {
  return occupation === 1 ? 'Café Managers 🍰' : `Occupation ${String(occupation + 1)}`;
}

/** The level of a skill in hundredths, 0 for one in about twelve. */
function levelOf(occupation: number, skill: number, edition: number): number {
  const step = (occupation * 5 + skill * 7 + edition * 3 + occupation * skill) % 12;
  return step * 50 - ((step * 7) % 50);
}

function ratingsOf(code: string, occupation: number, edition: number): string[][] {
  return ELEMENT_IDS.flatMap((elementId, skill) => {
    const level = levelOf(occupation, skill, edition);
    const importance = 100 + Math.round(level / 2);
    const row = (scaleId: string, value: number, notRelevant: string): string[] => [
      code,
      elementId,
      SKILLS[elementId] ?? '',
      scaleId,
      hundredths(value),
      // the second occupation is like those that O*NET carried over from older surveys
      ...(occupation === 1 ? ['n/a', 'n/a', 'n/a', 'n/a', 'n/a'] : errorsOf(value)),
      notRelevant,
      '08/2023',
      occupation === 1 ? 'Analyst - Transition' : 'Analyst',
    ];
    return [row('IM', importance, 'n/a'), row('LV', level, level === 0 ? 'Y' : 'N')];
  });
}

function errorsOf(value: number): string[] {
  const lower = hundredths(Math.max(0, value - 25));
  return ['8', '0.1250', `${lower}00`, `${hundredths(value + 25)}00`, value % 3 === 0 ? 'N' : 'Y'];
}

function hundredths(value: number): string {
  return (value / 100).toFixed(2);
}
