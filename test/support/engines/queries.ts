import { randomBytes } from 'node:crypto';

import { type Connection, type ConnectionOptions, createConnection, type RowDataPacket } from 'mysql2/promise';

interface VersionRow extends RowDataPacket {
  version: string;
}

/** What the server answers to `SELECT VERSION()`. */
export async function queryVersion(options: ConnectionOptions): Promise<string> {
  return withConnection(options, async (connection) => {
    const [rows] = await connection.query<VersionRow[]>('SELECT VERSION() AS version');
    const [row] = rows;
    if (row === undefined) throw new Error('The server did not tell its version');
    return row.version;
  });
}

/** Creates an empty database and returns its name. */
export async function createUniqueDatabase(options: ConnectionOptions): Promise<string> {
  const name = `onet_test_${randomBytes(8).toString('hex')}`;
  await withConnection(options, (connection) => connection.query(`CREATE DATABASE \`${name}\` CHARACTER SET utf8mb4`));
  return name;
}

/** Drops databases which `createUniqueDatabase` made; those already gone are no error. */
export async function dropDatabases(options: ConnectionOptions, names: Iterable<string>): Promise<void> {
  await withConnection(options, async (connection) => {
    for (const name of names) await connection.query(`DROP DATABASE IF EXISTS \`${name}\``);
  });
}

async function withConnection<T>(options: ConnectionOptions, use: (connection: Connection) => Promise<T>): Promise<T> {
  const connection = await createConnection({ connectTimeout: 5_000, ...options });
  try {
    return await use(connection);
  } finally {
    connection.destroy();
  }
}
