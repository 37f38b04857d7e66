import { createReadStream, createWriteStream } from 'node:fs';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { createGunzip, createGzip } from 'node:zlib';
import { DataSource, type QueryRunner } from 'typeorm';
import { OperatorError } from '@app/common';
import type { DatabaseConfig } from '@app/config';
import { dataSourceOptions, FIRST_MIGRATION } from '../data-source-options';
import { DatabaseUnreachableError } from '../database-errors';
import { withLock } from '../locks/lock.service';
import { isRestoreUnfinished, UNFINISHED_RESTORE } from '../unfinished-restore';
import { installedProgram, withProgram } from './client-programs';

type MysqlConfig = DatabaseConfig & { readonly kind: 'mysql' };

/** Those that begin with "loose" are not known to the programs of one of the two makers. */
const DUMP_OPTIONS = [
  // one unchanging view of all tables, without locking any
  '--single-transaction',
  '--quick',
  // what the application has needs neither the privilege PROCESS nor tablespaces
  '--no-tablespaces',
  // whoever restores is alone with the database, and need not have the privilege LOCK TABLES
  '--skip-add-locks',
  '--default-character-set=utf8mb4',
  // a dump for this server and for others: nothing of replication, no statistics that other versions do not have
  '--loose-set-gtid-purged=OFF',
  '--loose-column-statistics=0',
];

/** A dump is data: nothing in it may run programs on this machine. */
const CLIENT_OPTIONS = ['--batch', '--default-character-set=utf8mb4', '--loose-sandbox'];

/** Processes that were just stopped are seen for a moment longer. */
const GONE_WITHIN_MS = 3000;
const POLL_MS = 100;

/** Writes a compressed dump of the database as it is at one moment; those who use it go on, but do not migrate it meanwhile. */
export function backUpMysql(config: MysqlConfig, to: string, signal: AbortSignal): Promise<void> {
  return withDatabase(config, async (dataSource, server) => {
    const program = await installedProgram('dump', server);
    await withLock(dataSource, 'migrations', async () => {
      await assertWhole(dataSource, config);
      await assertOurs(dataSource, config);
      await withProgram(program, config, DUMP_OPTIONS, signal, async ({ stdin, stdout, succeeded }) => {
        stdin.end();
        await pipeline(stdout, createGzip(), createWriteStream(to, { flags: 'wx', flush: true }), { signal });
        await succeeded;
      });
    });
  });
}

/**
 * Fills the database with what a dump holds. Where that breaks off, no process starts on the database until it was
 * repeated.
 *
 * @throws OperatorError where somebody uses the database, or it holds something and must not be replaced
 */
export function restoreMysql(config: MysqlConfig, file: string, replace: boolean, signal: AbortSignal): Promise<void> {
  return withDatabase(config, async (dataSource, server) => {
    const runner = dataSource.createQueryRunner();
    try {
      const tables = await tablesOf(runner);
      if (tables.length > 0 && !replace) {
        throw new OperatorError(
          `The database ${config.database} on ${config.host}:${config.port} holds ${tables.length} tables already. ` +
            'Restore to an empty one (DATABASE_URL), or add --replace to have them deleted.',
        );
      }
      await assertUnused(runner, config);
      const program = await installedProgram('client', server);
      await withLock(dataSource, 'migrations', async () => {
        signal.throwIfAborted();
        await runner.query(`CREATE TABLE IF NOT EXISTS ${UNFINISHED_RESTORE} (id int PRIMARY KEY)`);
        await empty(runner, tables);
        await load(program, config, file, signal);
        await runner.query(`DROP TABLE ${UNFINISHED_RESTORE}`);
      });
    } finally {
      await runner.release();
    }
  });
}

async function withDatabase(
  config: MysqlConfig,
  work: (dataSource: DataSource, server: 'mysql' | 'mariadb') => Promise<void>,
): Promise<void> {
  const options = await dataSourceOptions(config);
  const dataSource = new DataSource(options);
  try {
    await dataSource.initialize();
  } catch (error) {
    throw new DatabaseUnreachableError(config, error);
  }
  try {
    await work(dataSource, options.type === 'mariadb' ? 'mariadb' : 'mysql');
  } finally {
    await dataSource.destroy();
  }
}

async function assertOurs(dataSource: DataSource, { database, host, port }: MysqlConfig): Promise<void> {
  const found = await dataSource
    .query<unknown[]>('SELECT 1 FROM migrations WHERE name = ?', [FIRST_MIGRATION])
    .catch((error: unknown) => {
      if (error instanceof Error && 'code' in error && error.code === 'ER_NO_SUCH_TABLE') return [];
      throw error;
    });
  if (found.length > 0) return;
  throw new OperatorError(`The database ${database} on ${host}:${port} holds nothing of this application to back up.`);
}

/** @throws OperatorError where a restore broke off: a backup of what is there would seem to be whole */
async function assertWhole(dataSource: DataSource, { database, host, port }: MysqlConfig): Promise<void> {
  if (!(await isRestoreUnfinished(dataSource))) return;
  throw new OperatorError(
    `The database ${database} on ${host}:${port} is incomplete, since a restore of it broke off. ` +
      'Restore it again, with --replace, and back it up then.',
  );
}

interface Table {
  readonly name: string;
  readonly type: string;
}

async function tablesOf(runner: QueryRunner): Promise<readonly Table[]> {
  const rows = (await runner.query(
    `SELECT table_name AS name, table_type AS type FROM information_schema.tables WHERE table_schema = DATABASE()`,
  )) as Table[];
  return rows.filter(({ name }) => name !== UNFINISHED_RESTORE);
}

/** @throws OperatorError where others are connected */
async function assertUnused(runner: QueryRunner, { database }: MysqlConfig): Promise<void> {
  const deadline = Date.now() + GONE_WITHIN_MS;
  for (;;) {
    const [own] = (await runner.query('SELECT CONNECTION_ID() AS id')) as { id: unknown }[];
    const all = (await runner.query('SHOW PROCESSLIST')) as { Id: unknown; Host: string; db: string | null }[];
    const others = all.filter(({ Id, db }) => db === database && String(Id) !== String(own?.id));
    if (others.length === 0) return;
    if (Date.now() > deadline) {
      const hosts = [...new Set(others.map(({ Host }) => Host.replace(/:\d+$/, '')))].join(', ');
      throw new OperatorError(
        `The database ${database} is in use: ${others.length} connections from ${hosts}. ` +
          'Stop all apis and workers, and whatever else is connected, and restore then.',
      );
    }
    await delay(POLL_MS);
  }
}

async function empty(runner: QueryRunner, tables: readonly Table[]): Promise<void> {
  await runner.query('SET SESSION FOREIGN_KEY_CHECKS = 0');
  for (const { name, type } of tables) {
    await runner.query(`DROP ${type === 'VIEW' ? 'VIEW' : 'TABLE'} IF EXISTS \`${name.replaceAll('`', '``')}\``);
  }
}

async function load(program: string, config: MysqlConfig, file: string, signal: AbortSignal): Promise<void> {
  try {
    await withProgram(program, config, CLIENT_OPTIONS, signal, async ({ stdin, stdout, succeeded }) => {
      stdout.resume();
      await pipeline(createReadStream(file), createGunzip(), withoutSandboxLine(), stdin, { signal });
      await succeeded;
    });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new OperatorError(
      `The restore broke off: ${reason} The database is incomplete, and no process will start on it: ` +
        'restore again, with --replace.',
      { cause: error },
    );
  }
}

/** Dumps of MariaDB begin with a line that only its own client understands, and that CLIENT_OPTIONS stand for. */
const SANDBOX_LINE = /^\/\*(M?)!999999\\- enable the sandbox mode \*\/ ?\r?\n/;

function withoutSandboxLine(): Transform {
  let begun = false;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      const out = begun ? chunk : Buffer.from(chunk.toString('latin1').replace(SANDBOX_LINE, ''), 'latin1');
      begun = true;
      done(null, out);
    },
  });
}
