import { Readable } from 'node:stream';
import { thrownBy } from '../../../../test/support/thrown-by';
import type { ReleaseSource } from '../sources/release-source';
import { releaseTables } from './release-tables';

function sourceWith(...names: string[]): ReleaseSource {
  const files = names.map((name) => ({ name, size: 0, open: () => Promise.resolve(Readable.from([])) }));
  return { name: 'db_30_1_text', files: new Map(files.map((file) => [file.name, file])), close: () => undefined };
}

const tablesOf = (...names: string[]): [file: string, landingTable: string][] =>
  releaseTables(sourceWith(...names)).map(({ file, spec }) => [file.name, spec.landingTable]);

describe('releaseTables', () => {
  it('reads the layout with one file of skills, occupations and scales first', () => {
    expect(tablesOf('Skills.txt', 'Scales Reference.txt', 'Occupation Data.txt')).toEqual([
      ['Occupation Data.txt', 'landing_occupations'],
      ['Scales Reference.txt', 'landing_scales'],
      ['Skills.txt', 'landing_skills'],
    ]);
  });

  it('reads the layout with two files of skills into the same table', () => {
    const files = ['Transferable Skills.txt', 'Essential Skills.txt', 'Scales Reference.txt', 'Occupation Data.txt'];
    expect(tablesOf(...files)).toEqual([
      ['Occupation Data.txt', 'landing_occupations'],
      ['Scales Reference.txt', 'landing_scales'],
      ['Essential Skills.txt', 'landing_skills'],
      ['Transferable Skills.txt', 'landing_skills'],
    ]);
  });

  it('reads both layouts of the skills by the same columns', () => {
    const common = ['Scales Reference.txt', 'Occupation Data.txt'];
    const [one] = releaseTables(sourceWith('Skills.txt', ...common)).slice(2);
    const two = releaseTables(sourceWith('Essential Skills.txt', 'Transferable Skills.txt', ...common)).slice(2);
    expect(two.map(({ spec }) => spec)).toEqual([one?.spec, one?.spec]);
  });

  it('reads the tables that a release may lack behind those that it must have', () => {
    const optional = ['Content Model Reference.txt', 'Level Scale Anchors.txt'];
    const tables = tablesOf(...optional, 'Skills.txt', 'Scales Reference.txt', 'Occupation Data.txt');
    expect(tables.slice(3)).toEqual([
      ['Content Model Reference.txt', 'landing_elements'],
      ['Level Scale Anchors.txt', 'landing_level_anchors'],
    ]);
  });

  it('passes over the other tables of a release', () => {
    const others = ['Software Skills.txt', 'Technology Skills.txt', 'Knowledge.txt'];
    expect(tablesOf(...others, 'Skills.txt', 'Scales Reference.txt', 'Occupation Data.txt')).toHaveLength(3);
  });

  it.each(['Essential Skills.txt', 'Transferable Skills.txt'])(
    'refuses a source that has Skills.txt and %s, since one of them is a leftover',
    (second) => {
      expect(
        thrownBy(() => tablesOf('Skills.txt', second, 'Scales Reference.txt', 'Occupation Data.txt')),
      ).toMatchObject({
        name: 'ReleaseUnusableError',
        message:
          'db_30_1_text holds both layouts of the skills, Skills.txt and ' +
          'Essential Skills.txt / Transferable Skills.txt: keep one.',
      });
    },
  );

  it('names every file that is missing, and the two that may stand for Skills.txt', () => {
    expect(thrownBy(() => tablesOf('Knowledge.txt', 'Scales Reference.txt'))).toMatchObject({
      name: 'ReleaseUnusableError',
      message:
        'db_30_1_text is no O*NET text release: it lacks Occupation Data.txt, Skills.txt ' +
        '(or, from release 30.3 on, Essential Skills.txt and Transferable Skills.txt).',
    });
  });

  it('names the half of the skills that is missing', () => {
    expect(
      thrownBy(() => tablesOf('Essential Skills.txt', 'Scales Reference.txt', 'Occupation Data.txt')),
    ).toMatchObject({
      name: 'ReleaseUnusableError',
      message: 'db_30_1_text is no O*NET text release: it lacks Transferable Skills.txt.',
    });
  });
});
