import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createConnection, type RowDataPacket } from 'mysql2/promise';
import { ENVIRONMENT_SPECS } from '../../libs/config/src/environment';
import { describeOnEveryServer } from '../support/databases';
import type { BuiltProcess } from '../support/e2e/built-process';
import { ADMIN, bearer, type JobView } from '../support/e2e/admin-client';
import { ApiClient } from '../support/e2e/api-client';
import { useProcesses } from '../support/e2e/processes';
import { findProgram } from '../support/engines/find-program';
import { freePort } from '../support/engines/free-port';
import { describeWithRedis, useRedis } from '../support/redis';
import { SmallRelease } from '../support/release-folder';
import { repositoryFile, ROOT } from '../support/repository-files';
import { type RunbookBlock, runbookBlocks, RunbookShell } from '../support/runbook';

jest.setTimeout(120_000);

/** What runs has something else to do, too. */
const REQUEST_EVERY_MS = 10;

/** So many that an ingestion takes seconds, in which it can be cancelled and its worker be killed. */
const OCCUPATIONS = 5000;

const GAP = '/api/v1/skill-gap-by-lvl?from=11-1011.00&to=11-3013.00';

interface ReleaseView {
  readonly id: number;
  readonly version: string;
  readonly active: boolean;
}

/** Two apis and two workers, which are brought up and looked after by what the runbook says and by nothing else. */
describeWithRedis('The runbook, followed from top to bottom', () => {
  describeOnEveryServer('with two apis and two workers', (_database, server) => {
    const processes = useProcesses('block');
    const redis = useRedis('block');
    const name = `onet_runbook_${randomBytes(4).toString('hex')}`;
    const running = new Map<string, BuiltProcess>();
    const ended: string[] = [];
    const followed = new Set<RunbookBlock>();
    let blocks: readonly RunbookBlock[] = [];
    let shell: RunbookShell;
    let apis: [ApiClient, ApiClient];
    let folder = '';

    /** Runs all blocks of a section as they stand there; returns what each printed. */
    async function follow(section: string, variables: Readonly<Record<string, string>> = {}): Promise<string[]> {
      const printed: string[] = [];
      for (const block of blocks.filter((one) => one.section === section && one.language === 'sh')) {
        printed.push(await shell.run(block.text, variables));
        followed.add(block);
      }
      if (printed.length === 0) throw new Error(`The runbook has nothing to run in "${section}"`);
      return printed;
    }

    async function start(unit: string): Promise<void> {
      const [, program, port = ''] = /^onet-(api|worker)@(\d+)$/.exec(unit) ?? [];
      const lines = (await readFile(join(folder, 'env'), 'utf8')).trim().split('\n');
      const file = Object.fromEntries(lines.map((line) => line.split(/=(.*)/s, 2))) as Record<string, string>;
      const environment = { ...file, NODE_ENV: 'production' };
      const launched =
        program === 'api'
          ? await processes.launchApi({ environment: { ...environment, PORT: port } })
          : await processes.launchWorker({ environment: { ...environment, WORKER_PORT: port } });
      running.set(unit, launched);
    }

    async function end(unit: string, signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
      const process = running.get(unit);
      if (process === undefined) throw new Error(`${unit} does not run`);
      process.send(signal);
      ended.push((await process.end()).stdout);
      running.delete(unit);
    }

    const journal = () => [...ended, ...[...running.values()].map((process) => process.stdout)].join('');
    const releases = async () => ((await apis[0].get('/api/v1/releases')).json() as { items: ReleaseView[] }).items;
    const adminStatus = (key: string) =>
      Promise.all(apis.map(async (api) => (await api.get(`${ADMIN}/jobs`, bearer(key))).status));

    async function onServer(statements: string): Promise<void> {
      const connection = await createConnection({ uri: server.url });
      try {
        for (const statement of statements.split(';').filter((one) => one.trim() !== '')) {
          await connection.query<RowDataPacket[]>(statement);
        }
      } finally {
        await connection.end();
      }
    }

    beforeAll(async () => {
      for (const program of ['bash', 'curl']) {
        if ((await findProgram(program)) === undefined) throw new Error(`These tests need ${program}.`);
      }
      blocks = await runbookBlocks();
      folder = await processes.folder();
      const root = await processes.folder();
      await new SmallRelease({ rated: OCCUPATIONS, edition: 1 }).writeFolder(join(root, '30.1'));
      await new SmallRelease({ rated: OCCUPATIONS, edition: 2 }).writeFolder(join(root, '29.1'));
      const [first, second, ...ofWorkers] = await Promise.all([freePort(), freePort(), freePort(), freePort()]);
      apis = [new ApiClient(`http://127.0.0.1:${first}`), new ApiClient(`http://127.0.0.1:${second}`)];
      const sql = blocks.filter(({ language }) => language === 'sql');
      await onServer(sql.map(({ text }) => text.replaceAll(/\bonet\b/g, name)).join('\n'));
      sql.forEach((block) => followed.add(block));
      const { host } = new URL(server.url);
      shell = await RunbookShell.open(
        await processes.folder(),
        { start, stop: (unit) => end(unit, 'SIGTERM'), kill: (unit) => end(unit, 'SIGKILL'), journal },
        {
          API_PORTS: `${first} ${second}`,
          WORKER_PORTS: ofWorkers.join(' '),
          API: `http://127.0.0.1:${first}`,
          PROGRAMS: ROOT,
          ENV_FILE: join(folder, 'env'),
          ONET_DATA_ROOT: root,
          DATABASE_URL: `mysql://${name}:a-password-of-your-own@${host}/${name}`,
          REDIS_URL: (await redis.start()).url,
        },
      );
    });

    afterAll(async () => {
      await Promise.all([...running.keys()].map((unit) => end(unit, 'SIGKILL')));
      await onServer(`DROP DATABASE IF EXISTS ${name}; DROP USER IF EXISTS ${name}@'%'`);
    });

    test('a deployment by hand serves, with a user that has no more rights than it says', async () => {
      await follow('Operations');
      const printed = await follow('By hand');

      expect(JSON.parse(printed.at(-1) ?? '')).toMatchObject({ release: '30.1', skill_gaps: expect.any(Array) as [] });
      expect(running.size).toBe(4);
    });

    test('the health of every process is shown', async () => {
      const [printed = ''] = await follow('Health');

      expect(
        printed
          .trim()
          .split('\n')
          .map((line) => JSON.parse(line) as object),
      ).toEqual([
        { status: 'ready', release: '30.1', database: 'up', redis: 'up' },
        { status: 'ready', release: '30.1', database: 'up', redis: 'up' },
        { status: 'ready', database: 'up', redis: 'up' },
        { status: 'ready', database: 'up', redis: 'up' },
      ]);
    });

    test('a release is ingested, and served', async () => {
      const [printed = ''] = await follow('Re-ingest');
      const [job, ingestion] = printed
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as JobView);

      expect(job).toMatchObject({ type: 'import-release', state: 'completed', error: null });
      expect(ingestion).toMatchObject({ state: 'completed', note: null });
      expect((await releases()).find(({ active }) => active)).toMatchObject({
        version: '30.1',
        rated_occupations: OCCUPATIONS,
      });
    });

    test('the release before it is served again, by every api', async () => {
      const before = (await releases()).find(({ active }) => !active);

      const printed = await follow('Roll back', { RELEASE: String(before?.id) });

      expect((await releases()).find(({ active }) => active)?.id).toBe(before?.id);
      expect(await Promise.all(apis.map(async (api) => (await api.get(GAP)).status))).toEqual([200, 200]);
      expect(printed.at(-1)).toContain('bundled sample');
    });

    test('a job is cancelled, and retried', async () => {
      const [printed = ''] = await follow('Cancel, retry');
      const jobs = printed
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as JobView);

      expect(jobs[1]).toMatchObject({ state: 'cancelled' });
      expect(jobs.at(-1)).toMatchObject({ state: 'completed', error: null });
      expect(new Set(jobs.map(({ id }) => id)).size).toBe(1);
    });

    test('the admin key is rotated, with both in force in between', async () => {
      const rotation = blocks.filter(({ section }) => section === 'Rotate keys');
      const oldKey = await shell.variable('KEY');
      await shell.run(rotation[0]?.text ?? '');
      const newKey = await shell.variable('NEW_KEY');

      expect(await adminStatus(oldKey)).toEqual([200, 200]);
      expect(await adminStatus(newKey)).toEqual([200, 200]);

      await shell.run(rotation[1]?.text ?? '');

      expect(rotation).toHaveLength(2);
      expect(await adminStatus(oldKey)).toEqual([403, 403]);
      expect(await adminStatus(newKey)).toEqual([200, 200]);
      expect(await shell.variable('KEY')).toBe(newKey);
      rotation.forEach((block) => followed.add(block));
    });

    test('all processes are restarted one after the other, and no request finds nobody', async () => {
      const pids = [...running.values()].map(({ pid }) => pid);
      const traffic = requestsOf(apis);

      await follow('Upgrade');

      const { asked, unanswered } = await traffic.end();
      expect(asked).toBeGreaterThan(50);
      expect(unanswered).toEqual([]);
      expect([...running.values()].filter(({ pid }) => pids.includes(pid))).toEqual([]);
    });

    test('metrics are shown for the key of the configuration', async () => {
      const [printed = ''] = await follow('Metrics');

      expect(printed).toMatch(/^onet_release_info\{.*release="29\.1".*\} 1$/m);
      expect(printed).toMatch(/^onet_database_up 1$/m);
      expect(printed).toMatch(/^onet_redis_up 1$/m);
      expect(printed).toMatch(/^onet_jobs\{queue="ingestion",state="active"\} 0$/m);
    });

    test('the log tells what a job did, in api and worker', async () => {
      const [printed = ''] = await follow('The log');
      const messages = printed
        .trim()
        .split('\n')
        .map((line) => (JSON.parse(line) as { msg: string }).msg);

      expect(messages).toContainEqual(expect.stringMatching(/^import-release .* is asked for$/));
      expect(messages).toContainEqual(expect.stringMatching(/^import-release .* is done$/));
    });

    test('a job whose workers are killed is begun anew, and done', async () => {
      const [printed = ''] = await follow('When something dies');
      const job = JSON.parse(printed) as JobView;

      expect(job).toMatchObject({ state: 'completed', error: null });
      expect(job.attempt).toBeGreaterThanOrEqual(2);
      expect((await releases()).find(({ active }) => active)?.version).toBe('30.1');
    });

    test('nothing that says that it is run was left out', () => {
      expect(blocks.filter((block) => !followed.has(block)).map(({ section, text }) => ({ section, text }))).toEqual(
        [],
      );
    });
  });
});

/** Asks as a proxy does: one api, or the other where that cannot be reached. */
function requestsOf(apis: readonly [ApiClient, ApiClient]): {
  end(): Promise<{ asked: number; unanswered: string[] }>;
} {
  const stop = new AbortController();
  const status = async (api: ApiClient) => (await api.get('/api/v1/skills')).status;
  let asked = 0;
  const unanswered: string[] = [];
  const done = (async () => {
    while (!stop.signal.aborted) {
      const [one, other] = asked++ % 2 === 0 ? apis : [apis[1], apis[0]];
      const answer = await status(one).catch(() => status(other).catch((error: unknown) => String(error)));
      if (answer !== 200) unanswered.push(String(answer));
      await sleep(REQUEST_EVERY_MS);
    }
  })();
  return {
    end: async () => {
      stop.abort();
      await done;
      return { asked, unanswered };
    },
  };
}

describe('The runbook', () => {
  let page = '';
  let code = '';
  beforeAll(async () => {
    page = await repositoryFile('docs/operations.md');
    code = (await Promise.all(['apps', 'libs', 'docker'].map(sources))).join('\n');
  });

  test('quotes only messages, in its tables, that the programs have', () => {
    const rows = page.split('\n').filter((line) => line.startsWith('| '));
    const quoted = rows.flatMap((row) => [...row.matchAll(/(?<![=\w`:{])"([^"`]{6,})"/g)].map(([, text = '']) => text));
    // what is put in at run time is not in the code: numbers
    const missing = quoted.filter((text) => !code.includes(text) && !new RegExp(escaped(text)).test(code));

    expect(quoted.length).toBeGreaterThan(15);
    expect(missing).toEqual([]);
  });

  test('names only metrics, alerts, codes and tables that there are', () => {
    const named = [...page.matchAll(/`((?:onet_|Onet|[A-Z]+_)\w+|\w+_(?:counters|replies|requests|misses))`/g)];
    const names = [...new Set(named.map(([, name = '']) => name))];

    expect(names.length).toBeGreaterThan(60);
    // of Node, systemd and the database, and of the shell
    const others = ['NODE_EXTRA_CA_CERTS', 'NODE_OPTIONS', 'ENV_FILE'];
    const variables = [...Object.keys(ENVIRONMENT_SPECS), ...others];
    const compose = ['MYSQL_IMAGE', 'REDIS_IMAGE', 'NGINX_IMAGE', 'NODE_IMAGE', 'BUILD_NETWORK'];
    const known = new Set([...variables, ...compose]);
    expect(names.filter((name) => !known.has(name) && !new RegExp(`\\b${name}\\b`).test(code))).toEqual([]);
  });

  test('has units that start programs of ours, and give them the time that they take to end', () => {
    const units = [...page.matchAll(/^```ini\n(.*?)^```/gms)].map(([, text = '']) => text);
    const programs = units.map((text) => /^ExecStart=\S+ \S+\/current\/dist\/(\S+)\.js$/m.exec(text)?.[1]);

    expect(programs).toEqual(['apps/api/src/main', 'apps/worker/src/main']);
    expect(programs.map((program) => existsSync(join(ROOT, `${program}.ts`)))).toEqual([true, true]);
    // both end within eight
    expect(Number(/^TimeoutStopSec=(\d+)$/m.exec(units[0] ?? '')?.[1])).toBeGreaterThan(8);
    expect(units[0]).toMatch(/^Environment=.*\bPORT=%i$/m);
    expect(units[1]).toMatch(/^Environment=.*\bWORKER_PORT=%i$/m);
  });
});

async function sources(folder: string): Promise<string> {
  const files = await readdir(join(ROOT, folder), { recursive: true, withFileTypes: true });
  const texts = files
    .filter((file) => file.isFile() && !file.name.endsWith('.spec.ts'))
    .map((file) => readFile(join(file.parentPath, file.name), 'utf8'));
  return (await Promise.all(texts)).join('\n');
}

/** A text as a pattern in which numbers stand for what code puts in. */
function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`).replaceAll(/\d+/g, String.raw`\$\{[^}]+\}`);
}
