import { execFile } from 'node:child_process';
import { chmod, mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { repositoryFile } from './repository-files';

const PAGE = 'docs/operations.md';
const POLL_MS = 20;
const BLOCK_ENDS_WITHIN_MS = 60_000;

/** What the blocks hand on from one to the next, beside functions. */
const VARIABLES = ['KEY', 'METRICS_KEY', 'NEW_KEY', 'JOB', 'RELEASE'];

/** A block of the runbook that says that it is run. */
export interface RunbookBlock {
  /** Heading of the section that it stands in. */
  readonly section: string;
  readonly language: string;
  readonly text: string;
}

/** The blocks of docs/operations.md that say `run`, from top to bottom. */
export async function runbookBlocks(): Promise<readonly RunbookBlock[]> {
  const blocks: RunbookBlock[] = [];
  let section = '';
  let open: { readonly language: string; readonly run: boolean; readonly lines: string[] } | null = null;
  for (const line of (await repositoryFile(PAGE)).split('\n')) {
    const fence = /^```(\w*)( run)?$/.exec(line);
    if (open !== null && fence !== null) {
      if (open.run) blocks.push({ section, language: open.language, text: open.lines.join('\n') });
      open = null;
    } else if (open !== null) open.lines.push(line);
    else if (fence !== null) open = { language: fence[1] ?? '', run: fence[2] !== undefined, lines: [] };
    else section = /^#+ (.*)$/.exec(line)?.[1] ?? section;
  }
  return blocks;
}

/** What the runbook tells systemd to do with a unit such as `onet-api@8000`. */
export interface Units {
  start(unit: string): Promise<void>;
  /** Waits until it has ended. */
  stop(unit: string): Promise<void>;
  kill(unit: string): Promise<void>;
  /** What all of them have written, as `journalctl -o cat` shows it. */
  journal(): string;
}

/**
 * A shell in which an operator follows the runbook. `systemctl` and `journalctl` are stand-ins that hand what they are told
 * to the test; everything else is what the machine has.
 */
export class RunbookShell {
  private constructor(
    private readonly folder: string,
    private readonly units: Units,
    private readonly environment: Readonly<Record<string, string>>,
  ) {}

  /** @param folder an empty one, for its own use */
  static async open(
    folder: string,
    units: Units,
    environment: Readonly<Record<string, string>>,
  ): Promise<RunbookShell> {
    await mkdir(join(folder, 'bin'));
    await mkdir(join(folder, 'requests'));
    await writeFile(join(folder, 'state'), '');
    await writeFile(
      join(folder, 'bin', 'systemctl'),
      `#!/usr/bin/env bash
request="${folder}/requests/$$"
echo "$*" > "$request.new" && mv "$request.new" "$request"
until [ -e "$request.done" ]; do sleep 0.05; done
exit "$(cat "$request.done")"
`,
    );
    await writeFile(join(folder, 'bin', 'journalctl'), `#!/usr/bin/env bash\ncat "${folder}/journal"\n`);
    await Promise.all(['systemctl', 'journalctl'].map((name) => chmod(join(folder, 'bin', name), 0o755)));
    return new RunbookShell(folder, units, environment);
  }

  /**
   * Runs a block; what it sets is there for the next one.
   *
   * @returns what it printed
   * @throws Error where a command fails, with all that was printed
   */
  async run(block: string, variables: Readonly<Record<string, string>> = {}): Promise<string> {
    await writeFile(join(this.folder, 'journal'), this.units.journal());
    const state = join(this.folder, 'state');
    const script = [
      'set -eo pipefail',
      `source "${state}"`,
      block,
      `{ declare -p ${VARIABLES.join(' ')} 2> /dev/null || true; declare -f; } > "${state}"`,
    ].join('\n');
    const ended = new AbortController();
    const serving = this.serveUnits(ended.signal);
    try {
      return await this.bash(script, variables);
    } finally {
      ended.abort();
      await serving;
    }
  }

  /** The value that a block gave a variable. */
  async variable(name: string): Promise<string> {
    return (await this.run(`printf %s "$${name}"`)).trim();
  }

  private bash(script: string, variables: Readonly<Record<string, string>>): Promise<string> {
    const env = {
      ...this.environment,
      ...variables,
      PATH: `${join(this.folder, 'bin')}:${process.env['PATH'] ?? ''}`,
    };
    return new Promise((resolve, reject) => {
      execFile('bash', ['-c', script], { env, timeout: BLOCK_ENDS_WITHIN_MS }, (error, stdout, stderr) => {
        if (error === null) resolve(stdout);
        else reject(new Error(`The runbook fails: ${error.message}\n-- stdout:\n${stdout}\n-- stderr:\n${stderr}`));
      });
    });
  }

  /** Does what `systemctl` is told, until the block is over. */
  private async serveUnits(until: AbortSignal): Promise<void> {
    const folder = join(this.folder, 'requests');
    while (!until.aborted) {
      const requests = (await readdir(folder)).filter((name) => /^\d+$/.test(name));
      for (const request of requests) {
        const path = join(folder, request);
        const told = (await readFile(path, 'utf8')).trim();
        await rename(path, `${path}.taken`);
        const code = await this.systemctl(told).then(
          () => 0,
          () => 1,
        );
        await writeFile(`${path}.done`, String(code));
      }
      await sleep(POLL_MS);
    }
  }

  private async systemctl(told: string): Promise<void> {
    const unit = /(onet-(?:api|worker)@\d+)$/.exec(told)?.[1];
    const verb = unit === undefined ? told : told.slice(0, -unit.length).trim();
    if (unit === undefined) throw new Error(`No unit: ${told}`);
    switch (verb) {
      case 'enable --now':
        return this.units.start(unit);
      case 'restart':
        await this.units.stop(unit);
        return this.units.start(unit);
      case 'kill -s KILL':
        await this.units.kill(unit);
        // as with Restart=always
        return this.units.start(unit);
      default:
        throw new Error(`systemctl is not told that in the runbook: ${told}`);
    }
  }
}
