import SqliteDatabase from 'better-sqlite3';
import { createConnection, type RowDataPacket } from 'mysql2/promise';

const SQLITE = 'sqlite:';
/** The process under test writes to the same file. */
const BUSY_MS = 5000;

/** Runs one statement on the database of a process, from outside. */
export async function queryDatabase<Row>(databaseUrl: string, sql: string): Promise<Row[]> {
  if (databaseUrl.startsWith(SQLITE)) {
    const database = new SqliteDatabase(databaseUrl.slice(SQLITE.length), { timeout: BUSY_MS });
    try {
      const statement = database.prepare(sql);
      if (statement.reader) return statement.all() as Row[];
      statement.run();
      return [];
    } finally {
      database.close();
    }
  }
  const connection = await createConnection({ uri: databaseUrl });
  try {
    const [rows] = await connection.query<RowDataPacket[]>(sql);
    return rows as Row[];
  } finally {
    await connection.end();
  }
}
