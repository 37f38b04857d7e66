import { Table, TableColumn, TableForeignKey, type MigrationInterface, type QueryRunner } from 'typeorm';
import { asciiColumn, isSqlite, tableDefaults } from '../column-types';

/** Tables whose rows are kept apart by the attempt that brought them. */
const TABLES_BY_ATTEMPT = ['landing_occupations', 'landing_scales', 'landing_skills', 'rejected_rows'];

/**
 * The ledger of jobs. An ingestion's state becomes that of its job, and every attempt of a job lands rows of its own, so
 * that one which was taken over cannot get into the way of the next.
 */
export class Jobs1795300000000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.createTable(jobsTable(queryRunner), true);
    // MySQL commits each statement by itself: after a crash half way the next start goes on where this one stopped
    for (const name of TABLES_BY_ATTEMPT) {
      if (!(await queryRunner.hasColumn(name, 'attempt'))) await keyByAttempt(queryRunner, name);
    }
    if (!(await queryRunner.hasColumn('releases', 'job_id'))) {
      await queryRunner.addColumn('releases', new TableColumn(asciiColumn(queryRunner, 'job_id', 36, NULLABLE)));
    }
    if (!(await queryRunner.hasColumn('releases', 'attempt'))) {
      await queryRunner.addColumn('releases', new TableColumn({ ...int(queryRunner, 'attempt'), ...NULLABLE }));
    }
    if (!(await queryRunner.hasColumn('ingestions', 'attempt'))) {
      await queryRunner.addColumn('ingestions', new TableColumn({ ...int(queryRunner, 'attempt'), default: 1 }));
    }
    if (await queryRunner.hasColumn('ingestions', 'state')) {
      await queryRunner.query(
        `INSERT INTO jobs (id, type, queue, place, payload, state, attempt, failures, handover, cancel_requested,
                           error_code, error_detail, requested_by, created_at, started_at, finished_at)
         SELECT id, 'import-release', 'ingestion', 'inline', '{}',
                CASE state WHEN 'completed' THEN 'completed' ELSE 'failed' END, 1, 0, 0, 0,
                CASE state WHEN 'completed' THEN NULL ELSE 'INTERNAL' END,
                CASE state WHEN 'completed' THEN NULL ELSE COALESCE(error, 'The process ended before it was done.') END,
                'earlier version', created_at, created_at, COALESCE(finished_at, created_at)
           FROM ingestions WHERE id NOT IN (SELECT id FROM jobs)`,
      );
      await queryRunner.dropColumn('ingestions', 'state');
    }
    if (await queryRunner.hasColumn('ingestions', 'finished_at')) {
      await queryRunner.dropColumn('ingestions', 'finished_at');
    }
    const ingestions = await queryRunner.getTable('ingestions');
    if (!ingestions?.foreignKeys.some(({ columnNames }) => columnNames.includes('id'))) {
      await queryRunner.createForeignKey('ingestions', TO_JOB);
    }
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.dropForeignKey('ingestions', TO_JOB);
    const state = new TableColumn(asciiColumn(queryRunner, 'state', 16, { default: "'failed'" }));
    await queryRunner.addColumn('ingestions', state);
    await queryRunner.query(
      `UPDATE ingestions SET state = 'completed' WHERE id IN (SELECT id FROM jobs WHERE state = 'completed')`,
    );
    await queryRunner.addColumn(
      'ingestions',
      new TableColumn({ name: 'finished_at', type: 'datetime', isNullable: true }),
    );
    await queryRunner.query(
      'UPDATE ingestions SET finished_at = (SELECT j.finished_at FROM jobs j WHERE j.id = ingestions.id)',
    );
    await queryRunner.changeColumn('ingestions', state, new TableColumn(asciiColumn(queryRunner, 'state', 16)));
    for (const name of TABLES_BY_ATTEMPT) {
      await queryRunner.query(
        `DELETE FROM ${name} WHERE attempt <> (SELECT i.attempt FROM ingestions i WHERE i.id = ingestion_id)`,
      );
      await keyWithoutAttempt(queryRunner, name);
    }
    await queryRunner.dropColumn('ingestions', 'attempt');
    await queryRunner.dropColumn('releases', 'attempt');
    await queryRunner.dropColumn('releases', 'job_id');
    await queryRunner.dropTable('jobs');
  }
}

const NULLABLE = { isNullable: true };

const TO_JOB = new TableForeignKey({
  columnNames: ['id'],
  referencedTableName: 'jobs',
  referencedColumnNames: ['id'],
  onDelete: 'NO ACTION',
  onUpdate: 'NO ACTION',
});

function jobsTable(queryRunner: QueryRunner): Table {
  const ascii = (name: string, length: number, options = {}): ReturnType<typeof asciiColumn> =>
    asciiColumn(queryRunner, name, length, options);
  return new Table({
    ...tableDefaults(queryRunner),
    name: 'jobs',
    columns: [
      ascii('id', 36, { isPrimary: true }),
      ascii('type', 64),
      ascii('queue', 64),
      ascii('place', 16),
      { name: 'payload', type: 'text' },
      ascii('state', 16),
      ascii('progress_stage', 32, NULLABLE),
      { name: 'progress_done', type: 'bigint', ...NULLABLE },
      { name: 'progress_total', type: 'bigint', ...NULLABLE },
      int(queryRunner, 'attempt'),
      int(queryRunner, 'failures'),
      int(queryRunner, 'handover'),
      { name: 'owner', type: 'varchar', length: '128', ...NULLABLE },
      { name: 'lease_until', type: 'bigint', ...NULLABLE },
      { name: 'run_after', type: 'bigint', ...NULLABLE },
      { name: 'cancel_requested', type: queryRunner.dataSource.driver.normalizeType({ type: Boolean }) },
      { name: 'subject', type: 'varchar', length: '191', ...NULLABLE },
      { name: 'active_key', type: 'varchar', length: '191', ...NULLABLE },
      { name: 'result', type: 'text', ...NULLABLE },
      ascii('error_code', 64, NULLABLE),
      { name: 'error_detail', type: 'text', ...NULLABLE },
      { name: 'error_raw', type: 'text', ...NULLABLE },
      { name: 'requested_by', type: 'varchar', length: '64' },
      { name: 'created_at', type: 'datetime', precision: 3 },
      { name: 'started_at', type: 'datetime', precision: 3, ...NULLABLE },
      { name: 'finished_at', type: 'datetime', precision: 3, ...NULLABLE },
    ],
    indices: [{ columnNames: ['state', 'created_at'] }, { columnNames: ['active_key'], isUnique: true }],
  });
}

function int(queryRunner: QueryRunner, name: string): { name: string; type: string } {
  return { name, type: queryRunner.dataSource.driver.normalizeType({ type: 'int' }) };
}

async function keyByAttempt(queryRunner: QueryRunner, name: string): Promise<void> {
  if (isSqlite(queryRunner)) {
    await rebuild(queryRunner, name, (columns) => {
      const attempt = new TableColumn({ ...int(queryRunner, 'attempt'), default: 1, isPrimary: true });
      return columns.flatMap((column) => (column.name === 'ingestion_id' ? [column, attempt] : [column]));
    });
    return;
  }
  await queryRunner.query(
    `ALTER TABLE ${name} ADD COLUMN attempt int NOT NULL DEFAULT 1 AFTER ingestion_id,
       DROP PRIMARY KEY, ADD PRIMARY KEY (ingestion_id, attempt, source_file, line_no)`,
  );
}

async function keyWithoutAttempt(queryRunner: QueryRunner, name: string): Promise<void> {
  if (isSqlite(queryRunner)) {
    await rebuild(queryRunner, name, (columns) => columns.filter((column) => column.name !== 'attempt'));
    return;
  }
  await queryRunner.query(
    `ALTER TABLE ${name} DROP COLUMN attempt, DROP PRIMARY KEY, ADD PRIMARY KEY (ingestion_id, source_file, line_no)`,
  );
}

/** SQLite cannot change a key: the rows move to a new table, as part of the migration's transaction. */
async function rebuild(
  queryRunner: QueryRunner,
  name: string,
  change: (columns: TableColumn[]) => TableColumn[],
): Promise<void> {
  const table = await queryRunner.getTable(name);
  if (table === undefined) throw new Error(`There is no table ${name}`);
  const next = table.clone();
  next.columns = change(next.columns);
  next.withoutRowid = true;
  const kept = table.columns.filter((column) => next.columns.some((other) => other.name === column.name));
  const names = kept.map((column) => column.name).join(', ');
  await queryRunner.query(`ALTER TABLE ${name} RENAME TO ${name}_before`);
  await queryRunner.createTable(next);
  await queryRunner.query(`INSERT INTO ${name} (${names}) SELECT ${names} FROM ${name}_before`);
  await queryRunner.query(`DROP TABLE ${name}_before`);
}
