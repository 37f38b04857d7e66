// A build of an earlier commit of this repository, in a folder of its own.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT } from './prepare.mjs';

/** Runs a program; returns what it wrote. Throws with all of it where it fails. */
function run(cwd, command, ...args) {
  const { status, error, stdout, stderr } = spawnSync(command, args, { cwd, encoding: 'utf8' });
  if (status === 0) return stdout.trim();
  throw new Error(`${command} ${args.join(' ')} failed: ${error?.message ?? `${stdout}${stderr}`}`);
}

/** The commit that is compared with by default: what has landed, or else the one before. */
export function landedCommit() {
  const head = run(ROOT, 'git', 'rev-parse', 'HEAD');
  const landed = spawnSync('git', ['rev-parse', '--verify', '--quiet', 'origin/main'], { cwd: ROOT, encoding: 'utf8' });
  const commit = landed.stdout.trim();
  return commit === '' || commit === head ? run(ROOT, 'git', 'rev-parse', 'HEAD~1') : commit;
}

/**
 * Checks a commit out and builds it.
 *
 * @returns where it is, and how to take it away
 */
export function buildEarlierVersion(commit) {
  const folder = mkdtempSync(join(tmpdir(), 'onet-earlier-'));
  const root = join(folder, 'checkout');
  run(ROOT, 'git', 'worktree', 'add', '--detach', root, commit);
  const dispose = () => {
    run(ROOT, 'git', 'worktree', 'remove', '--force', root);
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    const [lock, ours] = [root, ROOT].map((path) => readFileSync(join(path, 'package-lock.json'), 'utf8'));
    if (lock === ours) symlinkSync(join(ROOT, 'node_modules'), join(root, 'node_modules'), 'dir');
    else run(root, 'npm', 'ci', '--no-audit', '--no-fund');
    run(root, process.execPath, join('node_modules', '@nestjs', 'cli', 'bin', 'nest.js'), 'build', 'api');
    return { root, dispose };
  } catch (error) {
    dispose();
    throw error;
  }
}
