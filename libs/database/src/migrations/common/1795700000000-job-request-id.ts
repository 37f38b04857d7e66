import type { MigrationInterface, QueryRunner } from 'typeorm';
import { isSqlite } from '../column-types';

/** A job says which request to the api it goes back to, so that what is logged about both can be brought together. */
export class JobRequestId1795700000000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    // MySQL commits it by itself: after a crash behind it the next start finds it done
    if (await queryRunner.hasColumn('jobs', 'request_id')) return;
    const type = isSqlite(queryRunner) ? 'varchar(64)' : 'varchar(64) CHARACTER SET ascii COLLATE ascii_bin';
    // in TypeORM's way SQLite would copy the table, with all that refers to it
    await queryRunner.query(`ALTER TABLE jobs ADD COLUMN request_id ${type} NULL`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('ALTER TABLE jobs DROP COLUMN request_id');
  }
}
