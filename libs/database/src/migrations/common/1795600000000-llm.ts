import {
  Table,
  type MigrationInterface,
  type QueryRunner,
  type TableColumnOptions,
  type TableForeignKeyOptions,
  type TableOptions,
} from 'typeorm';
import { asciiColumn, tableDefaults } from '../column-types';

/**
 * What the LLM was asked, what it answered, word by word, and what was understood of it. Beside O*NET's own figures, and
 * of no release: what was asked holds for every release in which the question would be the same.
 */
export class Llm1795600000000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    for (const table of tables(queryRunner)) {
      // MySQL commits each CREATE TABLE by itself: after a crash half way the next start goes on where this one stopped
      await queryRunner.createTable(new Table({ ...tableDefaults(queryRunner), ...table }), true);
    }
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    for (const table of tables(queryRunner).reverse()) await queryRunner.dropTable(table.name, true);
  }
}

function tables(queryRunner: QueryRunner): TableOptions[] {
  const int = queryRunner.dataSource.driver.normalizeType({ type: 'int' });
  const id: TableColumnOptions = {
    name: 'id',
    type: int,
    isPrimary: true,
    isGenerated: true,
    generationStrategy: 'increment',
  };
  const elementId = asciiColumn(queryRunner, 'element_id', 20, { isPrimary: true });
  const replyId: TableColumnOptions = { name: 'reply_id', type: int, isPrimary: true };
  return [
    {
      name: 'llm_requests',
      columns: [
        id,
        asciiColumn(queryRunner, 'kind', 16),
        asciiColumn(queryRunner, 'onetsoc_code', 10),
        asciiColumn(queryRunner, 'from_onetsoc_code', 10, { isNullable: true }),
        asciiColumn(queryRunner, 'model', 100),
        asciiColumn(queryRunner, 'prompt_version', 16),
        asciiColumn(queryRunner, 'prompt_hash', 64),
        { name: 'prompt', type: 'text' },
        { name: 'response_schema', type: 'text' },
        { name: 'created_at', type: 'bigint' },
      ],
      indices: [{ columnNames: ['prompt_hash', 'model'], isUnique: true }, { columnNames: ['onetsoc_code'] }],
    },
    {
      name: 'llm_replies',
      columns: [
        id,
        { name: 'request_id', type: int },
        asciiColumn(queryRunner, 'job_id', 36, { isNullable: true }),
        asciiColumn(queryRunner, 'outcome', 16),
        { name: 'reason', type: 'text', isNullable: true },
        asciiColumn(queryRunner, 'model_version', 100, { isNullable: true }),
        { name: 'reply', type: 'text', isNullable: true },
        { name: 'prompt_tokens', type: int, isNullable: true },
        { name: 'reply_tokens', type: int, isNullable: true },
        { name: 'latency_ms', type: int },
        { name: 'created_at', type: 'bigint' },
      ],
      indices: [{ columnNames: ['request_id', 'outcome'] }],
      foreignKeys: [reference('request_id', 'llm_requests')],
    },
    {
      name: 'llm_skill_assessments',
      columns: [
        replyId,
        elementId,
        { name: 'level', type: 'decimal', precision: 3, scale: 2, isNullable: true },
        asciiColumn(queryRunner, 'proficiency', 16),
        { name: 'explanation', type: 'text' },
      ],
      foreignKeys: [reference('reply_id', 'llm_replies')],
      withoutRowid: true,
    },
    {
      name: 'llm_gap_descriptions',
      columns: [replyId, elementId, { name: 'description', type: 'text' }],
      foreignKeys: [reference('reply_id', 'llm_replies')],
      withoutRowid: true,
    },
  ];
}

function reference(column: string, table: string): TableForeignKeyOptions {
  return {
    columnNames: [column],
    referencedTableName: table,
    referencedColumnNames: ['id'],
    onDelete: 'CASCADE',
    onUpdate: 'NO ACTION',
  };
}
