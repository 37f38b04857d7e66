import { OnetMalformedError } from '../onet-errors';
import { readTables, skillTablesAmong } from './tables';

const SKILLS = { table_id: 'skills', title: 'Skills', description: 'x', info: 'https://x', rows: 'https://x' };

const tables = (...ids: string[]): { id: string; title: string }[] => ids.map((id) => ({ id, title: id }));

describe('readTables', () => {
  it.each([
    ['a list, as version 2 delivers it', [SKILLS]],
    ['a list under table, as version 1.9 delivers it', { table: [SKILLS] }],
  ])('reads %s', (_what, body) => {
    expect(readTables(body, 'the list')).toEqual([{ id: 'skills', title: 'Skills' }]);
  });

  it.each([
    ['a text', 'tables'],
    ['null', null],
    ['an object without a list', { tables: [SKILLS] }],
    ['something else under table', { table: {} }],
    ['a table without an id', [{ title: 'Skills' }]],
    ['a table with an empty id', [{ table_id: '', title: 'Skills' }]],
    ['a table without a title', [{ table_id: 'skills' }]],
    ['a table that is null', [null]],
  ])('refuses %s', (_what, body) => {
    expect(() => readTables(body, 'the list')).toThrow(OnetMalformedError);
  });
});

describe('skillTablesAmong', () => {
  it.each([
    [
      ['essential_skills', 'transferable_skills'],
      ['abilities', 'transferable_skills', 'essential_skills', 'skills'],
    ],
    [['skills'], ['abilities', 'skills']],
    [['skills'], ['essential_skills', 'skills']],
  ])('finds %j among %j', (expected, ids) => {
    expect(skillTablesAmong(tables(...ids), 'the list')).toEqual(expected);
  });

  it.each([[[]], [['abilities']], [['transferable_skills']]])('refuses %j', (ids) => {
    expect(() => skillTablesAmong(tables(...ids), 'the list')).toThrow(OnetMalformedError);
  });
});
