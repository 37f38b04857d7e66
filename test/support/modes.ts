import { join } from 'node:path';
import { describeOnEveryServer } from './databases';
import { AdminClient } from './e2e/admin-client';
import type { BuiltProcess } from './e2e/built-process';
import { ADMIN_KEY, type ProcessOptions, type Processes, type ServingApi, useProcesses } from './e2e/processes';
import { queryDatabase } from './query-database';
import { describeWithRedis, useRedis } from './redis';

/** An api that serves, and what belongs to it. */
export interface Installation {
  readonly api: ServingApi;
  readonly admin: AdminClient;
  /** The process that runs the jobs: the api itself, or a worker. */
  readonly runner: BuiltProcess;
  /** What another process needs to belong to the same installation. */
  readonly options: ProcessOptions & { readonly databaseUrl: string };
  /** Asks the database itself. */
  query<Row>(sql: string): Promise<Row[]>;
}

/** How the processes of an installation are put together. */
export interface Mode {
  readonly kind: 'embedded' | 'distributed';
  readonly processes: Processes;
  /** @param environment of all processes; they have a key for admins already */
  start(environment: Readonly<Record<string, string>>): Promise<Installation>;
}

/** Whether processes serve one test, which is the default, or all tests of the block. */
export type Lifetime = 'test' | 'block';

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
      start: async (environment) => {
        const databaseUrl = `sqlite:${join(await processes.folder(), 'onet.sqlite')}`;
        const options = { databaseUrl, environment: { ADMIN_API_KEYS: ADMIN_KEY, ...environment } };
        const api = await processes.startApi(options);
        return installation(api, api.process, options);
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
        start: async (environment) => {
          const { url } = await redis.start();
          const options = { databaseUrl: await database.create(), environment: { REDIS_URL: url, ...environment } };
          const api = await processes.startApi(options);
          const worker = await processes.startWorker(options);
          return installation(api, worker.process, options);
        },
      });
    });
  });
}

function installation(
  api: ServingApi,
  runner: BuiltProcess,
  options: ProcessOptions & { readonly databaseUrl: string },
): Installation {
  return {
    api,
    admin: new AdminClient(api.client),
    runner,
    options,
    query: (sql) => queryDatabase(options.databaseUrl, sql),
  };
}
