import { Table, type MigrationInterface, type QueryRunner, type TableOptions } from 'typeorm';
import { asciiColumn, tableDefaults } from '../column-types';

/**
 * How much of the O*NET Web Services has been used, so that all processes together stay within what is allowed, and what
 * they could not give. What the rows of an ingestion came to, in comparison with the release before.
 */
export class WebServices1795400000000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    for (const table of tables(queryRunner)) {
      // MySQL commits each CREATE TABLE by itself: after a crash half way the next start goes on where this one stopped
      await queryRunner.createTable(new Table({ ...tableDefaults(queryRunner), ...table }), true);
    }
    if (!(await queryRunner.hasColumn('ingestions', 'quality'))) {
      // in TypeORM's way SQLite would copy the table, with all that refers to it
      await queryRunner.query('ALTER TABLE ingestions ADD COLUMN quality text NULL');
    }
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('ALTER TABLE ingestions DROP COLUMN quality');
    for (const table of tables(queryRunner).reverse()) await queryRunner.dropTable(table.name, true);
  }
}

function tables(queryRunner: QueryRunner): TableOptions[] {
  return [
    {
      name: 'usage_counters',
      columns: [
        asciiColumn(queryRunner, 'day', 10, { isPrimary: true }),
        asciiColumn(queryRunner, 'name', 64, { isPrimary: true }),
        { name: 'count', type: queryRunner.dataSource.driver.normalizeType({ type: 'int' }) },
      ],
      withoutRowid: true,
    },
    {
      name: 'upstream_pace',
      columns: [asciiColumn(queryRunner, 'name', 64, { isPrimary: true }), asciiColumn(queryRunner, 'slots', 255)],
    },
    {
      name: 'upstream_misses',
      columns: [
        asciiColumn(queryRunner, 'code', 10, { isPrimary: true }),
        asciiColumn(queryRunner, 'reason', 16),
        { name: 'detail', type: 'text' },
        { name: 'asked_at', type: 'datetime' },
        { name: 'valid_until', type: 'bigint' },
      ],
      withoutRowid: true,
    },
  ];
}
