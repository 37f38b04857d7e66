import 'reflect-metadata';
import { Module, type INestApplicationContext, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { DataSource } from 'typeorm';
import { ConfigModule, toConfig, type Environment } from '@app/config';
import { DatabaseModule, LockService, UnitOfWork } from '@app/database';
import {
  FirstLoadService,
  IMPORT_RELEASE,
  IngestionModule,
  IngestionRequestsService,
  type ImportReleasePayload,
  type IngestionReport,
} from '@app/ingestion';
import { JobRunner, JobsModule, type InlineControl } from '@app/jobs';
import { ActivationService, RetentionService } from '@app/normalization';
import { OccupationsModule, ReleasesService, SnapshotStore, type ReleaseSnapshot } from '@app/occupations';
import { findGapByLevel, findStrictGap, type SkillLevelGap } from '@app/skill-gap';
import { SnapshotLoader } from '../../libs/occupations/src/snapshot/snapshot-loader';
import { soc } from './snapshots';

@Module({})
class IngestionAppModule {}

/** A process of the application, without its HTTP side, on a database. */
export class IngestionApp {
  readonly dataSource: DataSource;
  readonly unitOfWork: UnitOfWork;
  readonly locks: LockService;
  readonly firstLoad: FirstLoadService;
  readonly activation: ActivationService;
  readonly retention: RetentionService;
  readonly snapshots: SnapshotStore;

  private constructor(private readonly context: INestApplicationContext) {
    this.dataSource = context.get(DataSource);
    this.unitOfWork = context.get(UnitOfWork);
    this.locks = context.get(LockService);
    this.firstLoad = context.get(FirstLoadService);
    this.activation = context.get(ActivationService);
    this.retention = context.get(RetentionService);
    this.snapshots = context.get(SnapshotStore);
  }

  /**
   * @param runsJobs whether it runs jobs that are asked for, as an api process without Redis does
   * @param features modules beside those for ingestions and occupations
   */
  static async open(
    databaseUrl: string,
    environment: Environment = {},
    runsJobs = false,
    features: readonly Type[] = [],
  ): Promise<IngestionApp> {
    const config = toConfig({ ...environment, DATABASE_URL: databaseUrl });
    const module = {
      module: IngestionAppModule,
      imports: [
        ConfigModule.forRoot(config),
        DatabaseModule.forRoot(config.database),
        JobsModule.forRoot({ redisUrl: null, runsJobs }),
        IngestionModule,
        OccupationsModule,
        ...features,
      ],
    };
    return new IngestionApp(await NestFactory.createApplicationContext(module, { logger: false, abortOnError: false }));
  }

  /** Ingests a release, as the command line does it, and loads what is served then. */
  async ingest(
    path: string,
    request: Omit<ImportReleasePayload, 'source' | 'path'> = {},
    control: Partial<InlineControl> = {},
  ): Promise<IngestionReport> {
    const report = await this.ingestWithoutLooking(path, request, control);
    await this.snapshots.refresh();
    return report;
  }

  /** As {@link ingest}, but leaves it to the process to see what is served then. */
  async ingestWithoutLooking(
    path: string,
    request: Omit<ImportReleasePayload, 'source' | 'path'> = {},
    control: Partial<InlineControl> = {},
  ): Promise<IngestionReport> {
    const payload: ImportReleasePayload = { source: 'path', path, ...request };
    const job = await this.context
      .get(IngestionRequestsService)
      .request(payload, { requestedBy: 'a test', place: 'inline' });
    const result = await this.context.get(JobRunner).runInline(IMPORT_RELEASE, job.id, { ...IGNORED, ...control });
    if (result.outcome !== 'loaded') throw new Error(`Nothing was loaded: ${result.outcome}`);
    return result.report;
  }

  ensureActiveRelease(): Promise<IngestionReport | null> {
    return this.firstLoad.ensureActiveRelease(IGNORED);
  }

  /** @returns also why what was asked for could not be loaded, if that is so */
  async ensureSomeRelease(): Promise<
    Awaited<ReturnType<FirstLoadService['ensureSomeRelease']>> & { failure: unknown }
  > {
    let failure: unknown = null;
    const outcome = await this.firstLoad.ensureSomeRelease(IGNORED, (error) => {
      failure = error;
    });
    return { ...outcome, failure };
  }

  /** A provider that the libs keep to themselves, for a test that has to step in between. */
  get<T>(provider: Type<T>): T {
    return this.context.get(provider);
  }

  /** Reads what is active from the database, whatever this process holds in memory. */
  async loadActive(): Promise<ReleaseSnapshot> {
    const snapshot = await this.context.get(SnapshotLoader).load();
    if (snapshot === null) throw new Error('No release is active');
    return snapshot;
  }

  /** Loads what is active in the database now, and returns it. */
  async served(): Promise<ReleaseSnapshot> {
    await this.snapshots.refresh();
    return this.snapshots.require();
  }

  async releases(): Promise<{ id: number; version: string; status: string; active: boolean }[]> {
    const listed = await this.context.get(ReleasesService).list();
    return listed.map(({ release: { id, version, status }, active }) => ({ id, version, status, active }));
  }

  query<Row>(sql: string, parameters: readonly unknown[] = []): Promise<Row[]> {
    return this.unitOfWork.read((manager) => manager.query<Row[]>(sql, [...parameters]));
  }

  async count(table: string, where = '1 = 1', parameters: readonly unknown[] = []): Promise<number> {
    const rows = await this.query<{ found: number | string }>(
      `SELECT COUNT(*) AS found FROM ${table} WHERE ${where}`,
      parameters,
    );
    return Number(rows[0]?.found);
  }

  close(): Promise<void> {
    return this.context.close();
  }
}

const IGNORED: InlineControl = { signal: new AbortController().signal, onProgress: () => undefined };

/** Opens processes of the application for a test, closed after it. */
export function useIngestionApps(): {
  open(databaseUrl: string, environment?: Environment, runsJobs?: boolean): Promise<IngestionApp>;
} {
  const opened: IngestionApp[] = [];
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((app) => app.close()));
  });
  return {
    open: async (databaseUrl, environment, runsJobs) => {
      const app = await IngestionApp.open(databaseUrl, environment, runsJobs);
      opened.push(app);
      return app;
    },
  };
}

export function strictGap(snapshot: ReleaseSnapshot, from: string, to: string): string[] {
  return findStrictGap(snapshot, soc(from), soc(to)).gaps;
}

export function gapByLevel(snapshot: ReleaseSnapshot, from: string, to: string): SkillLevelGap[] {
  return findGapByLevel(snapshot, soc(from), soc(to)).gaps;
}
