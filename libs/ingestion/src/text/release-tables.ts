import { ReleaseUnusableError, type LandingTable } from '@app/normalization';
import type { ReleaseSource, SourceFile } from '../sources/release-source';

/** A kind of table: where it lands, and which column of the file goes to which column there. */
export interface TableSpec {
  readonly landingTable: LandingTable;
  /** Header of the file -> column of the landing table. */
  readonly columns: Readonly<Record<string, string>>;
  /** A release may lack it, or have it without a row that can be used. */
  readonly optional?: true;
}

/** A file of a release and how to read it. */
export interface ReleaseTable {
  readonly file: SourceFile;
  readonly spec: TableSpec;
}

const OCCUPATIONS: TableSpec = {
  landingTable: 'landing_occupations',
  columns: { 'O*NET-SOC Code': 'onetsoc_code', Title: 'title', Description: 'description' },
};

const SCALES: TableSpec = {
  landingTable: 'landing_scales',
  columns: { 'Scale ID': 'scale_id', 'Scale Name': 'scale_name', Minimum: 'minimum', Maximum: 'maximum' },
};

const SKILLS: TableSpec = {
  landingTable: 'landing_skills',
  columns: {
    'O*NET-SOC Code': 'onetsoc_code',
    'Element ID': 'element_id',
    'Element Name': 'element_name',
    'Scale ID': 'scale_id',
    'Data Value': 'data_value',
    N: 'n',
    'Standard Error': 'standard_error',
    'Lower CI Bound': 'lower_ci_bound',
    'Upper CI Bound': 'upper_ci_bound',
    'Recommend Suppress': 'recommend_suppress',
    'Not Relevant': 'not_relevant',
    Date: 'date_updated',
    'Domain Source': 'domain_source',
  },
};

const ELEMENTS: TableSpec = {
  landingTable: 'landing_elements',
  columns: { 'Element ID': 'element_id', 'Element Name': 'element_name', Description: 'description' },
  optional: true,
};

const LEVEL_ANCHORS: TableSpec = {
  landingTable: 'landing_level_anchors',
  columns: {
    'Element ID': 'element_id',
    'Element Name': 'element_name',
    'Scale ID': 'scale_id',
    'Anchor Value': 'anchor_value',
    'Anchor Description': 'anchor_description',
  },
  optional: true,
};

/** Up to release 30.2 the skills were one file; from 30.3 on they are two. */
const SKILLS_IN_ONE = ['Skills.txt'] as const;
const SKILLS_IN_TWO = ['Essential Skills.txt', 'Transferable Skills.txt'] as const;

/**
 * The tables of a release that are needed, in the order to read them, and those that are read where they are there.
 *
 * @throws ReleaseUnusableError naming every file that is missing
 */
export function releaseTables(source: ReleaseSource): ReleaseTable[] {
  const has = (name: string): boolean => source.files.has(name);
  if (SKILLS_IN_ONE.every(has) && SKILLS_IN_TWO.some(has)) {
    throw new ReleaseUnusableError(
      `${source.name} holds both layouts of the skills, ${SKILLS_IN_ONE[0]} and ${SKILLS_IN_TWO.join(' / ')}: keep one.`,
    );
  }
  const skills = SKILLS_IN_TWO.some(has) ? SKILLS_IN_TWO : SKILLS_IN_ONE;
  const wanted: (readonly [string, TableSpec])[] = [
    ['Occupation Data.txt', OCCUPATIONS],
    ['Scales Reference.txt', SCALES],
    ...skills.map((name) => [name, SKILLS] as const),
    ['Content Model Reference.txt', ELEMENTS],
    ['Level Scale Anchors.txt', LEVEL_ANCHORS],
  ];
  const missing = wanted.filter(([name, { optional }]) => !has(name) && optional !== true).map(([name]) => name);
  if (missing.length > 0) {
    const hint = missing.includes('Skills.txt') ? ` (or, from release 30.3 on, ${SKILLS_IN_TWO.join(' and ')})` : '';
    throw new ReleaseUnusableError(`${source.name} is no O*NET text release: it lacks ${missing.join(', ')}${hint}.`);
  }
  return wanted.flatMap(([name, spec]) => {
    const file = source.files.get(name);
    return file === undefined ? [] : [{ file, spec }];
  });
}
