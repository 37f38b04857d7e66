import { OnetMalformedError } from '../onet-errors';
import type { OnetTable } from '../onet-types';
import { isJsonObject } from './json';

/**
 * The tables in an answer to `GET /database`: version 2 delivers a list, version 1.9 one under `table`. Either is taken
 * from both.
 *
 * @throws OnetMalformedError
 */
export function readTables(body: unknown, about: string): readonly OnetTable[] {
  const list = isJsonObject(body) ? body['table'] : body;
  if (!Array.isArray(list)) throw new OnetMalformedError(about, 'it is no list of tables');
  return list.map((entry: unknown) => {
    const { table_id: id, title } = isJsonObject(entry) ? entry : {};
    if (typeof id !== 'string' || id === '' || typeof title !== 'string') {
      throw new OnetMalformedError(about, 'it lists a table without an id and a title');
    }
    return { id, title };
  });
}

/** From release 30.3 on the skills are in two tables. */
const SKILL_TABLES = [['essential_skills', 'transferable_skills'], ['skills']] as const;

/**
 * Ids of the tables of the skills.
 *
 * @throws OnetMalformedError where there are none
 */
export function skillTablesAmong(tables: readonly OnetTable[], about: string): readonly string[] {
  const ids = new Set(tables.map(({ id }) => id));
  const found = SKILL_TABLES.find((layout) => layout.every((id) => ids.has(id)));
  if (found === undefined) throw new OnetMalformedError(about, 'it lists no table of the skills');
  return found;
}
