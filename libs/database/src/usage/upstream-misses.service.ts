import { Injectable } from '@nestjs/common';
import { In, type EntityManager } from 'typeorm';
import { UpstreamMiss, type MissReason } from '../entities/upstream-miss.entity';
import { UnitOfWork } from '../unit-of-work';

/** Stands for whatever the O*NET Web Services are asked. */
export const EVERYTHING = '*';

/** Something that a service of somebody else could not give, and for how long it need not be asked again. */
export interface RememberedMiss {
  readonly reason: MissReason;
  /** One sentence for clients. */
  readonly detail: string;
  readonly askedAt: Date;
  readonly forMs: number;
}

/** Remembers, for all processes, what services of others could not give. */
@Injectable()
export class UpstreamMissesService {
  constructor(private readonly unitOfWork: UnitOfWork) {}

  /** What is remembered of these codes, and of {@link EVERYTHING}. */
  find(codes: readonly string[]): Promise<ReadonlyMap<string, RememberedMiss>> {
    return this.unitOfWork.query((manager) => this.findIn(manager, codes));
  }

  /** As {@link find}, in a transaction. */
  async findIn(manager: EntityManager, codes: readonly string[]): Promise<ReadonlyMap<string, RememberedMiss>> {
    const { entities, raw } = await manager
      .createQueryBuilder(UpstreamMiss, 'miss')
      .addSelect(`miss.validUntil - ${this.unitOfWork.nowMs}`, 'left_ms')
      .where({ code: In([...codes, EVERYTHING]) })
      .andWhere(`miss.validUntil > ${this.unitOfWork.nowMs}`)
      .getRawAndEntities<{ left_ms: number | string }>();
    return new Map(
      entities.map(({ code, reason, detail, askedAt }, index) => [
        code,
        { reason, detail, askedAt, forMs: Number(raw[index]?.left_ms ?? 0) },
      ]),
    );
  }

  /** Remembers, in place of what was remembered before. */
  async remember(code: string, { reason, detail, askedAt, forMs }: RememberedMiss): Promise<void> {
    // one statement: many learn at the same moment that there is nothing to be had, and must not stand in each other's way
    await this.unitOfWork.execute(
      `REPLACE INTO upstream_misses (code, reason, detail, asked_at, valid_until)
       VALUES (?, ?, ?, ?, ${this.unitOfWork.nowMs} + ?)`,
      [code, reason, detail, askedAt.toISOString().slice(0, 19).replace('T', ' '), Math.ceil(forMs)],
    );
  }

  async forget(code: string): Promise<void> {
    await this.unitOfWork.execute('DELETE FROM upstream_misses WHERE code = ?', [code]);
  }

  /** Forgets what need not be remembered any more. */
  async forgetOld(): Promise<void> {
    await this.unitOfWork.execute(`DELETE FROM upstream_misses WHERE valid_until < ${this.unitOfWork.nowMs}`);
  }
}
