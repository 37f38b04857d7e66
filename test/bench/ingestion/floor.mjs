// The floor of the ingestion benchmark: the same rating rows, parsed beforehand, inserted once in batches of 1,000 in one
// transaction into one table with the same primary key and nothing else.
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import mysql from 'mysql2/promise';

const BATCH = 1000;
const COLUMNS = [
  'release_id int NOT NULL',
  'onetsoc_code varchar(10) NOT NULL',
  'element_id varchar(20) NOT NULL',
  'scale_id varchar(3) NOT NULL',
  'data_value decimal(5,2) NOT NULL',
  'n int',
  'standard_error decimal(7,4)',
  'lower_ci_bound decimal(7,4)',
  'upper_ci_bound decimal(7,4)',
  'recommend_suppress varchar(1)',
  'not_relevant varchar(1)',
  'date_updated date',
  'domain_source varchar(64)',
];
const NAMES = COLUMNS.map((column) => column.split(' ')[0]).join(', ');
const TABLE = `CREATE TABLE floor_ratings (${COLUMNS.join(', ')}, PRIMARY KEY (release_id, onetsoc_code, element_id, scale_id))`;

/** @returns {unknown[][]} the rating rows of a release, as they are stored */
export function parseRatings(folder) {
  const files = readdirSync(folder).filter((name) => /^((Essential|Transferable) )?Skills\.txt$/.test(name));
  return files.flatMap((file) => {
    const lines = readFileSync(join(folder, file), 'utf8').split('\r\n').slice(1, -1);
    return lines.map((line) => {
      const [code, element, , scale, value, n, error, lower, upper, suppress, irrelevant, date, source] =
        line.split('\t');
      const number = (text) => (text === 'n/a' || text === '' ? null : Number(text));
      const flag = irrelevant === 'n/a' ? null : irrelevant;
      const day = `${date.slice(3)}-${date.slice(0, 2)}-01`;
      return [
        1,
        code,
        element,
        scale,
        Number(value),
        number(n),
        number(error),
        number(lower),
        number(upper),
        suppress,
        flag,
        day,
        source,
      ];
    });
  });
}

/** @returns {number} milliseconds */
export function floorOnSqlite(path, rows) {
  const database = new Database(path);
  try {
    // as the application has it
    database.pragma('journal_mode = WAL');
    database.pragma('synchronous = NORMAL');
    database.exec(`${TABLE} WITHOUT ROWID`);
    const insert = database.prepare(
      `INSERT INTO floor_ratings (${NAMES}) VALUES (${COLUMNS.map(() => '?').join(', ')})`,
    );
    const started = performance.now();
    database.exec('BEGIN');
    for (const row of rows) insert.run(row);
    database.exec('COMMIT');
    return performance.now() - started;
  } finally {
    database.close();
    rmSync(path, { force: true });
  }
}

/** @returns {Promise<number>} milliseconds */
export async function floorOnMysql(url, rows) {
  const connection = await mysql.createConnection(url);
  try {
    await connection.query(`${TABLE} ENGINE=InnoDB DEFAULT CHARSET=ascii COLLATE=ascii_bin`);
    const started = performance.now();
    await connection.query('BEGIN');
    for (let start = 0; start < rows.length; start += BATCH) {
      await connection.query(`INSERT INTO floor_ratings (${NAMES}) VALUES ?`, [rows.slice(start, start + BATCH)]);
    }
    await connection.query('COMMIT');
    return performance.now() - started;
  } finally {
    await connection.end();
  }
}
