import { join } from 'node:path';
import { describeOnEveryServer } from '../databases';
import { AdminClient } from '../e2e/admin-client';
import { ADMIN_KEY, type ProcessOptions, type Processes, type ServingApi, useProcesses } from '../e2e/processes';
import type { BuiltProcess } from '../e2e/built-process';
import type { OnetStub } from '../onet-web-services/onet-stub';
import { describeWithRedis, useRedis } from '../redis';
import { SmallRelease } from '../release-folder';
import { queryDatabase } from './query-database';

export const VERSIONS = ['v2', 'v1.9'] as const;
export type Version = (typeof VERSIONS)[number];

interface PullingOptions {
  /** Version of the Web Services that is asked; 2 by default. */
  readonly version?: Version;
  /** Added to the environment of all processes. Unless it says otherwise, requests are as many a second as may be. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** An api on a small release that has the O*NET Web Services for the rest. */
export interface Pulling {
  readonly api: ServingApi;
  readonly admin: AdminClient;
  /** The process that runs the jobs: the api itself, or a worker. */
  readonly runner: BuiltProcess;
  /** What another process needs to belong to the same installation. */
  readonly options: ProcessOptions;
  /** Asks the database itself. */
  query<Row>(sql: string): Promise<Row[]>;
}

/** How the processes of an installation are put together. */
interface Mode {
  readonly kind: 'embedded' | 'distributed';
  readonly processes: Processes;
  start(stub: OnetStub, options?: PullingOptions): Promise<Pulling>;
}

/** The release that an api begins with: of those that the Web Services rate it has a few, and lists two more. */
export function localRelease(): SmallRelease {
  return new SmallRelease({ rated: 6, unrated: 2 });
}

/** Credentials for the Web Services, and where they are. */
export function accessTo(stub: OnetStub, version: Version): Readonly<Record<string, string>> {
  return version === 'v2'
    ? { ONET_API_KEY: stub.key, ONET_API_BASE_URL: stub.v2Url }
    : { ONET_USERNAME: stub.username, ONET_PASSWORD: stub.password, ONET_API_BASE_URL: stub.v19Url };
}

/** Whether processes serve one test, which is the default, or all tests of the block. */
type Lifetime = 'test' | 'block';

/** Runs the same tests with the api alone on SQLite, and with api and worker on every server that was found. */
export function describeInEveryMode(name: string, define: (mode: Mode) => void, lifetime?: Lifetime): void {
  describeEmbedded(name, define, lifetime);
  describeDistributed(name, define, lifetime);
}

/** With the api alone, on SQLite. */
export function describeEmbedded(name: string, define: (mode: Mode) => void, lifetime?: Lifetime): void {
  describe(`${name} (embedded)`, () => {
    const processes = useProcesses(lifetime);
    define({
      kind: 'embedded',
      processes,
      start: async (stub, given = {}) => {
        const folder = await processes.folder();
        const databaseUrl = `sqlite:${join(folder, 'onet.sqlite')}`;
        const options = { databaseUrl, environment: await environmentOf(processes, stub, given) };
        const api = await processes.startApi(options);
        return pulling(api, api.process, options);
      },
    });
  });
}

/** With an api and a worker, on every server that was found. */
export function describeDistributed(name: string, define: (mode: Mode) => void, lifetime?: Lifetime): void {
  describeWithRedis(`${name} (distributed)`, () => {
    describeOnEveryServer('on a database server', (database) => {
      const processes = useProcesses(lifetime);
      const redis = useRedis(lifetime);
      define({
        kind: 'distributed',
        processes,
        start: async (stub, given = {}) => {
          const { url } = await redis.start();
          const environment = { REDIS_URL: url, ...(await environmentOf(processes, stub, given)) };
          const options = { databaseUrl: await database.create(), environment };
          const api = await processes.startApi(options);
          const worker = await processes.startWorker(options);
          return pulling(api, worker.process, options);
        },
      });
    });
  });
}

async function environmentOf(
  processes: Processes,
  stub: OnetStub,
  { version = 'v2', environment }: PullingOptions,
): Promise<Readonly<Record<string, string>>> {
  const root = await processes.folder();
  return {
    ADMIN_API_KEYS: ADMIN_KEY,
    ONET_DATA_ROOT: root,
    ONET_DATA_DIR: await localRelease().writeFolder(join(root, '30.1')),
    // how many a second is tested where it matters
    ONET_REQUESTS_PER_SECOND: '0',
    ...accessTo(stub, version),
    ...environment,
  };
}

function pulling(
  api: ServingApi,
  runner: BuiltProcess,
  options: ProcessOptions & { readonly databaseUrl: string },
): Pulling {
  return {
    api,
    admin: new AdminClient(api.client),
    runner,
    options,
    query: (sql) => queryDatabase(options.databaseUrl, sql),
  };
}
