import type Database from 'better-sqlite3';
import mysql from 'mysql2/promise';
import type { DataSourceOptions } from 'typeorm';
import type { DatabaseConfig } from '@app/config';
import { DatabaseUnreachableError } from './database-errors';
import { ENTITIES } from './entities';
import { InitialSchema1795200000000 } from './migrations/common/1795200000000-initial-schema';
import { Jobs1795300000000 } from './migrations/common/1795300000000-jobs';
import { WebServices1795400000000 } from './migrations/common/1795400000000-web-services';
import { SkillTexts1795500000000 } from './migrations/common/1795500000000-skill-texts';
import { Llm1795600000000 } from './migrations/common/1795600000000-llm';
import { JobRequestId1795700000000 } from './migrations/common/1795700000000-job-request-id';

const MIGRATIONS = [
  InitialSchema1795200000000,
  Jobs1795300000000,
  WebServices1795400000000,
  SkillTexts1795500000000,
  Llm1795600000000,
  JobRequestId1795700000000,
];

/** Name of the first one, which every database of this application has: by it a backup of one is known. */
export const FIRST_MIGRATION = InitialSchema1795200000000.name;

const CONNECT_TIMEOUT_MS = 5000;
/** How long a writer waits for another process's transaction on the same SQLite file. */
const SQLITE_BUSY_TIMEOUT_MS = 5000;

/**
 * TypeORM's options for a database. On MySQL this connects once, to learn which of the two servers it is.
 *
 * @throws DatabaseUnreachableError
 */
export async function dataSourceOptions(config: DatabaseConfig): Promise<DataSourceOptions> {
  const common = { entities: ENTITIES, migrations: MIGRATIONS, synchronize: false, logging: false };
  if (config.kind === 'sqlite') {
    return {
      ...common,
      type: 'better-sqlite3',
      database: config.path,
      enableWAL: true,
      timeout: SQLITE_BUSY_TIMEOUT_MS,
      prepareDatabase: (connection: Database.Database) => {
        // in WAL mode this cannot damage the file; a power cut may cost the last transactions, which a re-run redoes
        connection.pragma('synchronous = NORMAL');
      },
    };
  }
  const { host, port, user: username, password, database } = config;
  return {
    ...common,
    type: await serverType(config),
    host,
    port,
    username,
    password,
    database,
    charset: 'utf8mb4',
    timezone: 'Z',
    dateStrings: ['DATE'],
    connectTimeout: CONNECT_TIMEOUT_MS,
  };
}

async function serverType(config: DatabaseConfig & { kind: 'mysql' }): Promise<'mysql' | 'mariadb'> {
  const { host, port, user, password, database } = config;
  try {
    const connection = await mysql.createConnection({
      host,
      port,
      user,
      password,
      database,
      connectTimeout: CONNECT_TIMEOUT_MS,
    });
    try {
      const [rows] = await connection.query<mysql.RowDataPacket[]>('SELECT VERSION() AS version');
      return /mariadb/i.test(String(rows[0]?.['version'])) ? 'mariadb' : 'mysql';
    } finally {
      await connection.end();
    }
  } catch (error) {
    throw new DatabaseUnreachableError(config, error);
  }
}
