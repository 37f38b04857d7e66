import { setTimeout as delay } from 'node:timers/promises';
import type { DataSource } from 'typeorm';
import { Job, openDatabase, UnitOfWork, type SqlValue } from '@app/database';
import { isOver } from '@app/jobs';
import { databaseConfig } from '../database-config';
import type { TestDatabase } from '../databases';
import type { RedisServer } from '../engines';
import { useRedis } from '../redis';
import { JobProcess, type Ticking } from './job-process';
import { WorkSite } from './work';

const ENDS_WITHIN_MS = 20_000;
const POLL_MS = 25;

/** What the tests of jobs work with: processes on one database and, where there is one, one Redis. */
export interface JobsTestBed {
  /** Of the present test. */
  readonly site: WorkSite;
  /** Of the present test. @throws Error where the engine needs none */
  readonly redis: RedisServer;
  /** Starts a process that runs jobs. */
  runner(schedule?: Ticking): Promise<JobProcess>;
  /** Starts a process that only asks for jobs. */
  asker(): Promise<JobProcess>;
  /** Makes the engine forget every job. One that keeps none of them in common has nothing to forget. */
  engineForgets(): Promise<void>;
  /** The job as the ledger has it. */
  find(id: string): Promise<Job>;
  /** The job once it is over. */
  ended(id: string): Promise<Job>;
  /** Waits until a job is as it should be. */
  until(id: string, holds: (job: Job) => boolean): Promise<Job>;
  /** Changes the ledger behind everybody's back. */
  change(sql: string, parameters?: readonly SqlValue[]): Promise<void>;
  /** Makes a job one that a process began and did not live to end. */
  leaveBehind(id: string): Promise<void>;
}

/** A test bed for each test of the calling `describe`, on one of its databases; everything in it is closed after the test. */
export function useJobs(database: TestDatabase, engine: 'embedded' | 'bullmq'): JobsTestBed {
  const processes: JobProcess[] = [];
  let databaseUrl = '';
  let dataSource: DataSource;
  let redis: RedisServer | null = null;
  let site = new WorkSite();

  beforeAll(async () => {
    databaseUrl = await database.create();
    dataSource = await openDatabase(databaseConfig(databaseUrl));
  });

  afterAll(() => dataSource.destroy());

  beforeEach(async () => {
    await dataSource.query('DELETE FROM jobs');
    site = new WorkSite();
  });

  afterEach(async () => {
    await Promise.all(processes.splice(0).map((process) => process.close()));
  });

  // hooks run in the order they are written: a Redis goes when nobody uses it any more
  const redisServers = useRedis();
  beforeEach(async () => {
    redis = engine === 'bullmq' ? await redisServers.start() : null;
  });

  const open = async (runsJobs: boolean, schedule?: Ticking): Promise<JobProcess> => {
    const process = await JobProcess.open({ databaseUrl, redisUrl: redis?.url ?? null, runsJobs, site, schedule });
    processes.push(process);
    return process;
  };

  const find = (id: string): Promise<Job> =>
    new UnitOfWork(dataSource).query((manager) => manager.findOneByOrFail(Job, { id }));

  const until = async (id: string, holds: (job: Job) => boolean): Promise<Job> => {
    const deadline = Date.now() + ENDS_WITHIN_MS;
    for (;;) {
      const job = await find(id);
      if (holds(job)) return job;
      if (Date.now() > deadline) throw new Error(`Not within ${ENDS_WITHIN_MS} ms: ${JSON.stringify(job)}`);
      await delay(POLL_MS);
    }
  };

  const change = async (sql: string, parameters: readonly SqlValue[] = []): Promise<void> => {
    await new UnitOfWork(dataSource).execute(sql, parameters);
  };

  return {
    get site() {
      return site;
    },
    get redis() {
      if (redis === null) throw new Error('The embedded engine has no Redis');
      return redis;
    },
    runner: (schedule) => open(true, schedule),
    asker: () => open(false),
    engineForgets: async () => redis?.flush(),
    find,
    until,
    ended: (id) => until(id, isOver),
    change,
    leaveBehind: (id) =>
      change(
        "UPDATE jobs SET state = 'active', attempt = attempt + 1, owner = 'a dead one', lease_until = 1 WHERE id = ?",
        [id],
      ),
  };
}
