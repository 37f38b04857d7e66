import { Injectable } from '@nestjs/common';
import { AppError } from '@app/common';
import { Ingestion, needingDatabase, RejectedRow, UnitOfWork, type Job } from '@app/database';
import { summariseRejections, type RejectionSummary } from './ingestion-report';

/** An ingestion with the job whose state it has. */
export interface RecordedIngestion {
  readonly ingestion: Ingestion;
  readonly job: Job;
}

export interface Page<Item> {
  readonly items: readonly Item[];
  readonly total: number;
}

/** What ingestions did, as far as it is remembered. */
@Injectable()
export class IngestionHistoryService {
  constructor(private readonly unitOfWork: UnitOfWork) {}

  /** Ingestions, newest first. @throws AppError `DATABASE_UNAVAILABLE` */
  list(page: number, pageSize: number): Promise<Page<RecordedIngestion>> {
    return needingDatabase(AWAY, async () => {
      const [items, total] = await this.unitOfWork.read((manager) =>
        manager.findAndCount(Ingestion, {
          relations: { job: true },
          order: { createdAt: 'DESC', id: 'DESC' },
          skip: (page - 1) * pageSize,
          take: pageSize,
        }),
      );
      return { items: items.map(withJob), total };
    });
  }

  /** One ingestion, and what it rejected by kind. @throws AppError `NOT_FOUND`, `DATABASE_UNAVAILABLE` */
  get(id: string): Promise<RecordedIngestion & { readonly rejections: readonly RejectionSummary[] }> {
    return needingDatabase(AWAY, () =>
      this.unitOfWork.read(async (manager) => {
        const found = await manager.findOne(Ingestion, { where: { id }, relations: { job: true } });
        if (found === null) throw unknown(id);
        const rejections = await summariseRejections(manager, { jobId: id, attempt: found.attempt });
        return { ...withJob(found), rejections };
      }),
    );
  }

  /** Rows that an ingestion did not use, in the order of the source. @throws AppError `NOT_FOUND`, `DATABASE_UNAVAILABLE` */
  rejectedRows(id: string, page: number, pageSize: number): Promise<Page<RejectedRow>> {
    return needingDatabase(AWAY, () =>
      this.unitOfWork.read(async (manager) => {
        const found = await manager.findOneBy(Ingestion, { id });
        if (found === null) throw unknown(id);
        const [items, total] = await manager.findAndCount(RejectedRow, {
          where: { ingestionId: id, attempt: found.attempt },
          order: { sourceFile: 'ASC', lineNo: 'ASC' },
          skip: (page - 1) * pageSize,
          take: pageSize,
        });
        return { items, total };
      }),
    );
  }
}

const AWAY = 'Ingestions are recorded in the database, which is away.';

function unknown(id: string): AppError {
  return new AppError('NOT_FOUND', `There is no ingestion ${id}.`);
}

function withJob(ingestion: Ingestion): RecordedIngestion {
  const { job } = ingestion;
  if (job === undefined) throw new Error(`The ingestion ${ingestion.id} was read without its job`);
  return { ingestion, job };
}
