import { createConnection, type RowDataPacket } from 'mysql2/promise';
import { setTimeout as sleep } from 'node:timers/promises';
import { join } from 'node:path';
import { AdminClient, type JobView, servedVersion } from '../e2e/admin-client';
import { ADMIN_KEY, type Processes, type RunningWorker, type ServingApi, useProcesses } from '../e2e/processes';
import { eventually } from '../e2e/eventually';
import { type DatabaseServer, type RedisServer, startRedis } from '../engines';
import { codeOf, SmallRelease } from '../release-folder';

/** Enough rows that an import takes a second or two, so that there is a middle to hit. */
export const OCCUPATIONS = 4000;

/** Until a job is over whose work was interrupted, on a machine that does much else at the same time. */
export const BUSY_MS = 120_000;

/** The first release, which every deployment begins with. */
const FIRST = '1.0';

const NORMALISED_TABLES = [
  ...['occupations', 'skills', 'scales', 'occupation_skills'],
  ...['skill_descriptions', 'level_anchors'],
];
const LANDING_TABLES = [
  ...['landing_occupations', 'landing_scales', 'landing_skills'],
  ...['landing_elements', 'landing_level_anchors'],
];

/** What clients ask all the time: its answer tells every edition of the release from every other. */
export const GAP = `/api/v1/skill-gap-by-lvl?from=${codeOf(0)}&to=${codeOf(2)}`;

export interface DeploymentOptions {
  /** Rated occupations of the first release. */
  readonly occupations?: number;
  /** Added to the environment of all processes. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** An api on a database server, workers that a test may start and kill, and a Redis of its own. */
export class Deployment {
  readonly admin: AdminClient;
  private written = 0;

  private constructor(
    readonly api: ServingApi,
    readonly redis: RedisServer,
    readonly databaseUrl: string,
    private readonly processes: Processes,
    private readonly root: string,
    private readonly environment: Readonly<Record<string, string>>,
  ) {
    this.admin = new AdminClient(api.client);
  }

  static async start(
    processes: Processes,
    redis: RedisServer,
    databaseUrl: string,
    { occupations = OCCUPATIONS, environment: more = {} }: DeploymentOptions = {},
  ): Promise<Deployment> {
    const root = await processes.folder();
    const first = await new SmallRelease({ rated: occupations }).writeFolder(join(root, FIRST));
    const environment = {
      REDIS_URL: redis.url,
      ONET_DATA_ROOT: root,
      ONET_DATA_DIR: first,
      ADMIN_API_KEYS: ADMIN_KEY,
      ...more,
    };
    const api = await processes.startApi({ databaseUrl, environment });
    return new Deployment(api, redis, databaseUrl, processes, root, environment);
  }

  /** One more of them. */
  startApi(): Promise<ServingApi> {
    return this.processes.startApi({ databaseUrl: this.databaseUrl, environment: this.environment });
  }

  startWorker(): Promise<RunningWorker> {
    return this.processes.startWorker({ databaseUrl: this.databaseUrl, environment: this.environment });
  }

  /** Where the files of a release are. */
  folderOf(version: string): string {
    return join(this.root, version);
  }

  /** Writes the next edition of the release; returns its version, which is its folder's name, too. */
  async writeRelease(occupations = OCCUPATIONS): Promise<string> {
    const edition = ++this.written;
    const version = `2.${edition}`;
    await new SmallRelease({ rated: occupations, edition }).writeFolder(this.folderOf(version));
    return version;
  }

  /** Asks for an ingestion as an admin does; returns the id of its job. */
  ingest(version: string): Promise<string> {
    return this.admin.ingest({ source: 'directory', path: version });
  }

  job(id: string): Promise<JobView> {
    return this.admin.job(id);
  }

  /** Waits until a job is over; returns it. */
  over(id: string, withinMs: number): Promise<JobView> {
    return this.admin.ended(id, withinMs);
  }

  /** Waits until a job is at an attempt, and somebody works on it. */
  async begun(id: string, attempt: number, withinMs: number): Promise<void> {
    await eventually(
      `attempt ${attempt} of the job begins`,
      async () => {
        const job = await this.job(id);
        return job.attempt >= attempt && job.state === 'active';
      },
      withinMs,
    );
  }

  servedVersion(): Promise<string> {
    return servedVersion(this.api.client);
  }

  /** What is left in the database besides what is kept: each line is a fault. */
  async leftovers(): Promise<string[]> {
    const faults: string[] = [];
    const releases = await this.query<{ id: number; status: string }>('SELECT id, status FROM releases');
    for (const { id, status } of releases) {
      if (status !== 'ready' && status !== 'retired') faults.push(`release ${id} is ${status}`);
    }
    if (releases.length > 3) faults.push(`${releases.length} releases are kept`);
    for (const table of NORMALISED_TABLES) {
      const rows = await this.query(`SELECT 1 FROM ${table} WHERE release_id NOT IN (SELECT id FROM releases) LIMIT 1`);
      if (rows.length > 0) faults.push(`${table} has rows of no release`);
    }
    for (const table of [...LANDING_TABLES, 'rejected_rows']) {
      const rows = await this.query(
        `SELECT DISTINCT l.ingestion_id, l.attempt FROM ${table} l JOIN ingestions i ON i.id = l.ingestion_id
          WHERE l.attempt <> i.attempt`,
      );
      if (rows.length > 0) faults.push(`${table} has rows of ${rows.length} dead attempts`);
    }
    const landed = await this.query('SELECT DISTINCT ingestion_id FROM landing_skills');
    if (landed.length > 3) faults.push(`rows of ${landed.length} ingestions are landed`);
    return faults;
  }

  /** How often what is served has changed. */
  async revision(): Promise<number> {
    const [row] = await this.query<{ revision: number }>('SELECT revision FROM active_release');
    return row?.revision ?? -1;
  }

  async query<Row>(sql: string): Promise<Row[]> {
    const connection = await createConnection({ uri: this.databaseUrl });
    try {
      const [rows] = await connection.query<RowDataPacket[]>(sql);
      return rows as Row[];
    } finally {
      await connection.end();
    }
  }
}

/** Deployments for the tests of a block, each with a Redis of its own; all of it is gone after the test. */
export function useDeployments(): {
  readonly processes: Processes;
  start(database: { create(): Promise<string> } | DatabaseServer, options?: DeploymentOptions): Promise<Deployment>;
} {
  const redises: RedisServer[] = [];
  const processes = useProcesses();
  afterEach(() => Promise.all(redises.splice(0).map((redis) => redis.dispose())));
  return {
    processes,
    start: async (database, options) => {
      const redis = await startRedis();
      redises.push(redis);
      const databaseUrl = await ('create' in database ? database.create() : database.createDatabase());
      return Deployment.start(processes, redis, databaseUrl, options);
    },
  };
}

/** Spreads moments over the time that an import takes: the n-th of so many, with some chance in it. */
export async function moment(n: number, of: number, importMs: number): Promise<void> {
  await sleep(((n + Math.random()) / of) * importMs);
}
