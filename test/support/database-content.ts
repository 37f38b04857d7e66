import { createHash } from 'node:crypto';
import { queryDatabase } from './query-database';

const TABLES_OF_SQLITE = "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name";
const TABLES_OF_SERVER =
  'SELECT table_name AS name FROM information_schema.tables WHERE table_schema = DATABASE() ORDER BY table_name';

/** Rows and fingerprints of all tables of a database, by name: whatever changes in it changes one of them. */
export async function databaseContent(databaseUrl: string): Promise<Record<string, string>> {
  const tables = await queryDatabase<{ name: string }>(
    databaseUrl,
    databaseUrl.startsWith('sqlite:') ? TABLES_OF_SQLITE : TABLES_OF_SERVER,
  );
  const content: Record<string, string> = {};
  for (const { name } of tables) {
    const rows = await queryDatabase(databaseUrl, `SELECT * FROM ${name}`);
    const sorted = rows.map((row) => JSON.stringify(row)).sort();
    content[name] = `${rows.length} rows, ${createHash('sha256').update(sorted.join('\n')).digest('hex').slice(0, 16)}`;
  }
  return content;
}
