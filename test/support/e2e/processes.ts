import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ApiClient } from './api-client';
import { BuiltProcess, type Ending, type Program } from './built-process';

/** Every test that needs processes waits for them, and on a busy machine they take their time. */
jest.setTimeout(120_000);

/** How long a process may take to serve, its first load included, on a machine that does much else at the same time. */
const SERVES_WITHIN_MS = 60_000;
const CLI_ENDS_WITHIN_MS = 30_000;

/** Opens the admin routes of api processes that work on a database server. */
export const ADMIN_KEY = 'the-admin-key-of-the-tests';

export interface ProcessOptions {
  /** The default of the application, an SQLite file in the working folder, where it is left out. */
  readonly databaseUrl?: string;
  /** Added to the environment. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Working folder; an empty one of its own where it is left out. */
  readonly folder?: string;
  readonly nodeArgs?: readonly string[];
  readonly ownGroup?: boolean;
}

/** An api process that serves, and a client of it. */
export interface ServingApi {
  readonly process: BuiltProcess;
  readonly client: ApiClient;
  /** Of the server, without a slash at the end. */
  readonly url: string;
}

/** A worker process that takes jobs. */
export interface RunningWorker {
  readonly process: BuiltProcess;
  /** Of its health routes, without a slash at the end. */
  readonly url: string;
}

/** The processes of a test or of a describe block. */
export interface Processes {
  /** An empty folder, removed with the processes. */
  folder(): Promise<string>;
  /** Starts the api on a free port, without waiting for it. */
  launchApi(options?: ProcessOptions): Promise<BuiltProcess>;
  /** Starts the api on a free port and waits until it serves. */
  startApi(options?: ProcessOptions): Promise<ServingApi>;
  /** Starts a worker on a free port, without waiting for it. */
  launchWorker(options?: ProcessOptions): Promise<BuiltProcess>;
  /** Starts a worker on a free port and waits until it takes jobs. */
  startWorker(options?: ProcessOptions): Promise<RunningWorker>;
  /** Starts a command, without waiting for it. */
  launchCli(args: readonly string[], options?: ProcessOptions): Promise<BuiltProcess>;
  /** Runs a command to its end. */
  runCli(args: readonly string[], options?: ProcessOptions): Promise<Ending>;
}

/** Starts processes; those that still run after the test, or after all tests of the block, are killed then. */
export function useProcesses(lifetime: 'test' | 'block' = 'test'): Processes {
  const started: BuiltProcess[] = [];
  const folders: string[] = [];
  const hook = lifetime === 'test' ? afterEach : afterAll;
  hook(async () => {
    await Promise.all(started.splice(0).map((running) => running.kill()));
    await Promise.all(folders.splice(0).map((path) => rm(path, { recursive: true, force: true })));
  });

  const folder = async (): Promise<string> => {
    const path = await mkdtemp(join(tmpdir(), 'onet-e2e-'));
    folders.push(path);
    return path;
  };
  const launch = async (
    program: Program,
    args: readonly string[],
    { databaseUrl, environment, folder: given, ...options }: ProcessOptions,
  ): Promise<BuiltProcess> => {
    const launched = new BuiltProcess(program, {
      ...options,
      args,
      folder: given ?? (await folder()),
      environment: {
        PORT: '0',
        WORKER_PORT: '0',
        // tests come from one address, and are many; those of the limit turn it on
        RATE_LIMIT_PER_MINUTE: '0',
        ...(databaseUrl === undefined ? {} : { DATABASE_URL: databaseUrl }),
        // on a server there is no key of the installation's own
        ...(databaseUrl?.startsWith('mysql:') === true ? { ADMIN_API_KEYS: ADMIN_KEY } : {}),
        ...environment,
      },
    });
    started.push(launched);
    return launched;
  };
  return {
    folder,
    launchApi: (options = {}) => launch('api', [], options),
    startApi: async (options = {}) => serving(await launch('api', [], options)),
    launchWorker: (options = {}) => launch('worker', [], options),
    startWorker: async (options = {}) => {
      const process = await launch('worker', [], options);
      const [, port = ''] = await process.shows(/worker ready; health on port (\d+)/, SERVES_WITHIN_MS);
      return { process, url: `http://127.0.0.1:${port}` };
    },
    launchCli: (args, options = {}) => launch('cli', args, options),
    runCli: async (args, options = {}) => (await launch('cli', args, options)).end(CLI_ENDS_WITHIN_MS),
  };
}

/** Waits until an api process serves. Both log formats name the address of the documentation then. */
export async function serving(api: BuiltProcess): Promise<ServingApi> {
  const [, port = ''] = await api.shows(/http:\/\/[^\s/"]+:(\d+)\/docs\b/, SERVES_WITHIN_MS);
  const url = `http://127.0.0.1:${port}`;
  return { process: api, url, client: new ApiClient(url) };
}

/** One api process for all tests of the calling describe block. */
export function useApi(options: () => Promise<ProcessOptions>): ServingApi {
  const processes = useProcesses('block');
  let running: ServingApi | undefined;
  beforeAll(async () => {
    running = await processes.startApi(await options());
  });
  const api = (): ServingApi => {
    if (running === undefined) throw new Error('The api does not serve yet');
    return running;
  };
  return {
    get process() {
      return api().process;
    },
    get client() {
      return api().client;
    },
    get url() {
      return api().url;
    },
  };
}
