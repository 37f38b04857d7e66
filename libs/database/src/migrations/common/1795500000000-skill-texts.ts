import {
  Table,
  type MigrationInterface,
  type QueryRunner,
  type TableColumnOptions,
  type TableForeignKeyOptions,
  type TableOptions,
} from 'typeorm';
import { asciiColumn, tableDefaults } from '../column-types';

/** What O*NET says of the skills of a release, and of what somebody at a level of one can do; releases may lack both. */
export class SkillTexts1795500000000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    for (const table of tables(queryRunner)) {
      // MySQL commits each CREATE TABLE by itself: after a crash half way the next start goes on where this one stopped
      await queryRunner.createTable(new Table({ ...tableDefaults(queryRunner), ...table, withoutRowid: true }), true);
    }
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    for (const table of tables(queryRunner).reverse()) await queryRunner.dropTable(table.name, true);
  }
}

function tables(queryRunner: QueryRunner): TableOptions[] {
  const int = queryRunner.dataSource.driver.normalizeType({ type: 'int' });
  const keyOf = (name: string, length: number): TableColumnOptions =>
    asciiColumn(queryRunner, name, length, { isPrimary: true });
  const landing = (name: string, columns: string[]): TableOptions => ({
    name,
    columns: [
      keyOf('ingestion_id', 36),
      { name: 'attempt', type: int, default: 1, isPrimary: true },
      { name: 'source_file', type: 'varchar', length: '64', isPrimary: true },
      { name: 'line_no', type: int, isPrimary: true },
      ...columns.map((column) => ({ name: column, type: 'text', isNullable: true })),
    ],
    foreignKeys: [reference(['ingestion_id'], 'ingestions', ['id'], 'NO ACTION')],
  });
  const releaseKey = { name: 'release_id', type: int, isPrimary: true };
  const elementKey = keyOf('element_id', 20);
  const ofSkill = ['release_id', 'element_id'];
  const onScale = ['release_id', 'scale_id'];
  return [
    landing('landing_elements', ['element_id', 'element_name', 'description']),
    landing('landing_level_anchors', ['element_id', 'element_name', 'scale_id', 'anchor_value', 'anchor_description']),
    {
      name: 'skill_descriptions',
      columns: [releaseKey, elementKey, { name: 'description', type: 'text' }],
      foreignKeys: [reference(ofSkill, 'skills', ofSkill, 'CASCADE')],
    },
    {
      name: 'level_anchors',
      columns: [
        releaseKey,
        elementKey,
        keyOf('scale_id', 3),
        { name: 'anchor_value', type: 'decimal', precision: 5, scale: 2, isPrimary: true },
        { name: 'anchor_description', type: 'text' },
      ],
      indices: [{ columnNames: onScale }],
      foreignKeys: [reference(ofSkill, 'skills', ofSkill, 'CASCADE'), reference(onScale, 'scales', onScale, 'CASCADE')],
    },
  ];
}

function reference(
  columnNames: string[],
  referencedTableName: string,
  referencedColumnNames: string[],
  onDelete: 'CASCADE' | 'NO ACTION',
): TableForeignKeyOptions {
  return { columnNames, referencedTableName, referencedColumnNames, onDelete, onUpdate: 'NO ACTION' };
}
