import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { imageTargets, packageFile, repositoryFile, ROOT, yamlFile } from '../support/repository-files';
import { commandsOf, readWorkflow, type Workflow, workflowFaults, withMatrix } from '../support/workflow';

const WORKFLOW = '.github/workflows/ci.yml';

/** Variables that change how tests and checks run, as CONTRIBUTING.md explains them. */
async function documentedVariables(): Promise<string[]> {
  const page = await repositoryFile('CONTRIBUTING.md');
  return [...page.matchAll(/^\| `([A-Z][A-Z0-9_]*)`/gm)].map(([, name = '']) => name);
}

async function sources(folder: string): Promise<string> {
  const files = (await readdir(join(ROOT, folder), { recursive: true })).filter((path) => /\.(m?js|ts)$/.test(path));
  return (await Promise.all(files.map((path) => readFile(join(ROOT, folder, path), 'utf8')))).join('\n');
}

function variablesOf({ env = {}, jobs }: Workflow): string[] {
  const ofJobs = Object.values(jobs).flatMap((job) => [job.env ?? {}, ...job.steps.map((step) => step.env ?? {})]);
  return [env, ...ofJobs].flatMap((variables) => Object.keys(variables));
}

describe('The workflow', () => {
  let workflow: Workflow;
  beforeAll(async () => {
    workflow = await readWorkflow(WORKFLOW);
  });
  const jobs = () => Object.values(workflow.jobs);
  const steps = () => jobs().flatMap((job) => job.steps);
  const commands = () => jobs().flatMap(commandsOf);

  test('is one that GitHub accepts', async () => {
    expect(await workflowFaults(WORKFLOW)).toEqual([]);
  });

  test.each([
    ['a key that there is not', 'timeout-minutes:', 'timeout-minute:'],
    ['a value that is not there', '${{ matrix.campaign }}', '${{ matrixes.campaign }}'],
    ['a job that there is not', '    timeout-minutes: 10', '    timeout-minutes: 10\n    needs: [nobody]'],
  ])('would not be accepted with %s', async (_what, right, wrong) => {
    const text = await repositoryFile(WORKFLOW);

    expect(text).toContain(right);
    expect(await workflowFaults(WORKFLOW, text.replace(right, wrong))).not.toEqual([]);
  });

  test('runs scripts that there are, and every kind of test that there is', async () => {
    const { scripts } = await packageFile();
    const run = commands().flatMap((command) =>
      [...command.matchAll(/\bnpm (?:run )?(?:-s )?(test\S*|audit)\b/g)].map(([, name = '']) => name),
    );
    const named = commands().flatMap((command) =>
      [...command.matchAll(/\bnpm run (?:-s )?(\S+)/g)].map(([, name = '']) => name),
    );

    expect(Object.keys(scripts)).toEqual(expect.arrayContaining(named));
    const tests = Object.keys(scripts).filter((name) => /^(test|audit)\b/.test(name));
    expect([...new Set(run)].sort()).toEqual(tests.sort());
  });

  test('installs what the lock names, and nothing else, before it runs a script', () => {
    for (const job of jobs()) {
      const own = commandsOf(job);
      const script = own.findIndex((command) => /\bnpm (run|test)\b/.test(command));
      if (script === -1) continue;
      expect(own.slice(0, script)).toContain('npm ci');
      expect(own.join('\n')).not.toMatch(/\bnpm (install|i|update)\b/);
    }
  });

  test('builds files and targets that there are, each of the images among them', async () => {
    const builds = commands().filter((command) => command.includes('docker build'));
    const targets = (await imageTargets()).map(({ name }) => name);
    const built = builds.map((command) => /--target (\S+)/.exec(command)?.[1] ?? '');

    expect(builds.map((command) => existsSync(join(ROOT, /-f (\S+)/.exec(command)?.[1] ?? '')))).not.toContain(false);
    expect(targets).toEqual(expect.arrayContaining(built));
    expect(built).toEqual(expect.arrayContaining(['api', 'worker', 'test']));
  });

  test('runs on versions of Node that package.json allows, the oldest of them included', async () => {
    const oldest = (await packageFile()).engines.node.replace('>=', '');
    const given = jobs().flatMap((job) => [
      ...job.steps.flatMap((step) => withMatrix(job, asText(step.with?.['node-version']))),
      ...(/^node:(\d+)/.exec(job.container?.image ?? '')?.slice(1) ?? []),
    ]);
    const versions = [...new Set(given.filter((version) => version !== ''))];

    expect(versions).toContain(oldest);
    expect(versions).toEqual(expect.arrayContaining(['22', '24']));
    expect(versions.filter((version) => version !== oldest && Number(version) <= Number.parseInt(oldest, 10))).toEqual(
      [],
    );
  });

  test('sets variables that CONTRIBUTING.md explains, and no others', async () => {
    const own = variablesOf(workflow).filter((name) => !name.startsWith('npm_config_'));

    expect(await documentedVariables()).toEqual(expect.arrayContaining(own));
    expect(own).toEqual(expect.arrayContaining(['TEST_DATABASE_URL', 'TEST_REDIS_URL', 'TEST_ONLY_SERVERS']));
  });

  test('holds no secret, and asks for none', async () => {
    const text = await repositoryFile(WORKFLOW);
    const values = [
      workflow.env ?? {},
      ...jobs().map((job) => job.env ?? {}),
      ...steps().map((step) => step.env ?? {}),
    ];

    expect(text).not.toMatch(/\$\{\{\s*secrets\./);
    expect(text).not.toMatch(/:\/\/[^\s/@:]+:[^\s/@]+@/);
    expect(values.flatMap(Object.keys).filter((name) => /KEY|TOKEN|SECRET|PASSWORD/.test(name))).toEqual([]);
  });

  test('uses actions by the commit, with the version beside it', async () => {
    const lines = (await repositoryFile(WORKFLOW)).split('\n').filter((line) => /\buses:/.test(line));

    expect(lines.length).toBeGreaterThan(5);
    for (const line of lines) expect(line).toMatch(/uses: [\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
  });

  test('may read the code and do nothing else, not even where it is started by a stranger', () => {
    const checkouts = steps().filter(({ uses = '' }) => uses.startsWith('actions/checkout@'));

    expect(workflow.permissions).toEqual({ contents: 'read' });
    expect(jobs().filter(({ permissions }) => permissions !== undefined)).toEqual([]);
    expect(Object.keys(workflow.on)).not.toContain('pull_request_target');
    expect(checkouts.map((step) => step.with?.['persist-credentials'])).toEqual(jobs().map(() => false));
    // what a stranger names a branch must not become a command
    const inserted = steps().flatMap(({ run = '' }) => [...run.matchAll(/\$\{\{ *(\w+)/g)].map(([, name]) => name));
    expect(inserted.filter((name) => name !== 'matrix')).toEqual([]);
  });

  test('comes to an end: every job has a limit, and a new commit ends the run for the one before', () => {
    expect(jobs().filter((job) => !(Number(job['timeout-minutes']) <= 60))).toEqual([]);
    expect(workflow.concurrency?.group).toContain('github.ref');
  });
});

describe('The variables of the tests', () => {
  test('that CONTRIBUTING.md explains are looked at by tests or scripts', async () => {
    const code = `${await sources('test')}\n${await sources('scripts')}\n${await repositoryFile('.ci/run')}`;
    const names = await documentedVariables();

    expect(names.length).toBeGreaterThan(3);
    expect(names.filter((name) => !new RegExp(`(env\\.|env\\['|setting\\(')${name}\\b`).test(code))).toEqual([]);
  });
});

interface Update {
  readonly 'package-ecosystem': string;
  readonly directory: string;
  readonly schedule: { readonly interval: string };
  readonly ignore?: readonly { readonly 'dependency-name': string }[];
}

describe('Dependabot', () => {
  /** What it reads in each folder. */
  const FILES: Readonly<Record<string, string>> = {
    npm: 'package-lock.json',
    'github-actions': '.github/workflows',
    docker: 'Dockerfile',
  };

  test('looks where there is something, after packages, actions and images', async () => {
    const { updates } = (await yamlFile('.github/dependabot.yml')) as { updates: readonly Update[] };

    expect(updates.map((update) => update['package-ecosystem']).sort()).toEqual(Object.keys(FILES).sort());
    for (const { 'package-ecosystem': ecosystem, directory, schedule } of updates) {
      expect([ecosystem, existsSync(join(ROOT, directory, FILES[ecosystem] ?? '-'))]).toEqual([ecosystem, true]);
      expect(schedule.interval).toBe('weekly');
    }
  });

  test('leaves alone only packages that are in use', async () => {
    const { updates } = (await yamlFile('.github/dependabot.yml')) as { updates: readonly Update[] };
    const { dependencies, devDependencies } = await packageFile();
    const left = updates.flatMap(({ ignore = [] }) => ignore.map((entry) => entry['dependency-name']));

    expect(left.length).toBeGreaterThan(0);
    expect(Object.keys({ ...dependencies, ...devDependencies })).toEqual(expect.arrayContaining(left));
  });
});

function asText(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
