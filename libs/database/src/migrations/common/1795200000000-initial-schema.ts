import {
  Table,
  type MigrationInterface,
  type QueryRunner,
  type TableColumnOptions,
  type TableForeignKeyOptions,
  type TableOptions,
} from 'typeorm';
import { asciiColumn, tableDefaults } from '../column-types';

/** Releases, ingestions, landing tables, rejected rows and the normalised tables. */
export class InitialSchema1795200000000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    for (const table of tables(queryRunner)) {
      // MySQL commits each CREATE TABLE by itself: after a crash half way the next start goes on where this one stopped
      await queryRunner.createTable(new Table({ ...tableDefaults(queryRunner), ...table }), true);
    }
    await queryRunner.query('DELETE FROM active_release');
    await queryRunner.query('INSERT INTO active_release (id, release_id, revision) VALUES (1, NULL, 0)');
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    for (const table of tables(queryRunner).reverse()) await queryRunner.dropTable(table.name, true);
  }
}

function tables(queryRunner: QueryRunner): TableOptions[] {
  const ascii = (name: string, length: number, options: Partial<TableColumnOptions> = {}): TableColumnOptions =>
    asciiColumn(queryRunner, name, length, options);
  const int = (name: string, options: Partial<TableColumnOptions> = {}): TableColumnOptions => ({
    name,
    type: queryRunner.dataSource.driver.normalizeType({ type: 'int' }),
    ...options,
  });
  const ingestionKey = ascii('ingestion_id', 36, { isPrimary: true });
  const releaseKey = int('release_id', { isPrimary: true });
  const toIngestion = foreignKey(['ingestion_id'], 'ingestions', ['id']);
  const toRelease = foreignKey(['release_id'], 'releases', ['id'], 'CASCADE');
  const place = [ingestionKey, varchar('source_file', 64, { isPrimary: true }), int('line_no', { isPrimary: true })];
  const landing = (name: string, columns: string[]): TableOptions => ({
    name,
    columns: [...place, ...columns.map((column) => text(column, { isNullable: true }))],
    foreignKeys: [toIngestion],
    withoutRowid: true,
  });

  return [
    {
      name: 'releases',
      columns: [
        int('id', { isPrimary: true, isGenerated: true, generationStrategy: 'increment' }),
        varchar('version', 32),
        varchar('label', 255),
        ascii('source', 16),
        ascii('checksum', 64, { isNullable: true }),
        ascii('status', 16),
        int('occupations', { default: 0 }),
        int('rated_occupations', { default: 0 }),
        int('skills', { default: 0 }),
        int('scales', { default: 0 }),
        int('ratings', { default: 0 }),
        createdAt(queryRunner),
        datetime('activated_at'),
      ],
    },
    {
      name: 'active_release',
      columns: [int('id', { isPrimary: true }), int('release_id', { isNullable: true }), int('revision')],
      indices: [{ columnNames: ['release_id'] }],
      foreignKeys: [foreignKey(['release_id'], 'releases', ['id'])],
    },
    {
      name: 'ingestions',
      columns: [
        ascii('id', 36, { isPrimary: true }),
        ascii('kind', 16),
        ascii('source', 16),
        varchar('origin', 255),
        int('release_id', { isNullable: true }),
        ascii('state', 16),
        text('counts'),
        text('error', { isNullable: true }),
        createdAt(queryRunner),
        datetime('finished_at'),
      ],
      indices: [{ columnNames: ['release_id'] }],
      foreignKeys: [foreignKey(['release_id'], 'releases', ['id'], 'SET NULL')],
    },
    landing('landing_occupations', ['onetsoc_code', 'title', 'description']),
    landing('landing_scales', ['scale_id', 'scale_name', 'minimum', 'maximum']),
    landing('landing_skills', [
      'onetsoc_code',
      'element_id',
      'element_name',
      'scale_id',
      'data_value',
      'n',
      'standard_error',
      'lower_ci_bound',
      'upper_ci_bound',
      'recommend_suppress',
      'not_relevant',
      'date_updated',
      'domain_source',
    ]),
    {
      name: 'rejected_rows',
      columns: [...place, text('raw'), ascii('reason_code', 32), text('reason')],
      foreignKeys: [toIngestion],
      withoutRowid: true,
    },
    {
      name: 'occupations',
      columns: [releaseKey, ascii('onetsoc_code', 10, { isPrimary: true }), varchar('title', 255), text('description')],
      foreignKeys: [toRelease],
      withoutRowid: true,
    },
    {
      name: 'skills',
      columns: [releaseKey, ascii('element_id', 20, { isPrimary: true }), varchar('element_name', 255)],
      foreignKeys: [toRelease],
      withoutRowid: true,
    },
    {
      name: 'scales',
      columns: [
        releaseKey,
        ascii('scale_id', 3, { isPrimary: true }),
        varchar('scale_name', 255),
        int('minimum'),
        int('maximum'),
      ],
      foreignKeys: [toRelease],
      withoutRowid: true,
    },
    {
      name: 'occupation_skills',
      columns: [
        releaseKey,
        ascii('onetsoc_code', 10, { isPrimary: true }),
        ascii('element_id', 20, { isPrimary: true }),
        ascii('scale_id', 3, { isPrimary: true }),
        { name: 'data_value', type: 'decimal', precision: 5, scale: 2 },
        int('n', { isNullable: true }),
        { name: 'standard_error', type: 'decimal', precision: 7, scale: 4, isNullable: true },
        { name: 'lower_ci_bound', type: 'decimal', precision: 7, scale: 4, isNullable: true },
        { name: 'upper_ci_bound', type: 'decimal', precision: 7, scale: 4, isNullable: true },
        ascii('recommend_suppress', 1, { isNullable: true }),
        ascii('not_relevant', 1, { isNullable: true }),
        { name: 'date_updated', type: 'date', isNullable: true },
        varchar('domain_source', 64, { isNullable: true }),
        ascii('ingestion_id', 36),
      ],
      indices: [
        { columnNames: ['release_id', 'element_id'] },
        { columnNames: ['release_id', 'scale_id'] },
        { columnNames: ['ingestion_id'] },
      ],
      foreignKeys: [
        foreignKey(['release_id', 'onetsoc_code'], 'occupations', ['release_id', 'onetsoc_code'], 'CASCADE'),
        foreignKey(['release_id', 'element_id'], 'skills', ['release_id', 'element_id'], 'CASCADE'),
        foreignKey(['release_id', 'scale_id'], 'scales', ['release_id', 'scale_id'], 'CASCADE'),
        toIngestion,
      ],
      withoutRowid: true,
    },
  ];
}

function varchar(name: string, length: number, options: Partial<TableColumnOptions> = {}): TableColumnOptions {
  return { name, type: 'varchar', length: String(length), ...options };
}

function text(name: string, options: Partial<TableColumnOptions> = {}): TableColumnOptions {
  return { name, type: 'text', ...options };
}

function datetime(name: string): TableColumnOptions {
  return { name, type: 'datetime', isNullable: true };
}

function createdAt(queryRunner: QueryRunner): TableColumnOptions {
  const { createDate, createDateDefault } = queryRunner.dataSource.driver.mappedDataTypes;
  const precision = queryRunner.dataSource.driver.mappedDataTypes.createDatePrecision;
  return {
    name: 'created_at',
    type: String(createDate),
    default: createDateDefault,
    ...(precision === undefined ? {} : { precision }),
  };
}

function foreignKey(
  columnNames: string[],
  referencedTableName: string,
  referencedColumnNames: string[],
  onDelete: 'CASCADE' | 'SET NULL' | 'NO ACTION' = 'NO ACTION',
): TableForeignKeyOptions {
  // MariaDB records RESTRICT where nothing is said, MySQL NO ACTION: said explicitly, both schemas are the same
  return { columnNames, referencedTableName, referencedColumnNames, onDelete, onUpdate: 'NO ACTION' };
}
