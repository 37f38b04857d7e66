// Brings a checkout to the point where it can run: dependencies installed, native module loadable, sources built.
// Uses nothing that is not part of Node, since at first there is nothing else.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const STAMP = join(ROOT, 'dist', '.build-stamp');
const BUILD_INPUTS = ['apps', 'libs', 'nest-cli.json', 'package-lock.json', 'tsconfig.json', 'tsconfig.build.json'];

export class PreparationError extends Error {}

/** Installs and builds what is missing or outdated; says what it does, and nothing where there is nothing to do. */
export function prepare({ say = (line) => process.stdout.write(`${line}\n`) } = {}) {
  checkNode();
  if (!isInstalled()) {
    say('Installing dependencies (once; a minute or two) …');
    npm(['ci', '--loglevel=error', '--no-audit', '--no-fund']);
  }
  if (!sqliteLoads()) {
    say('Building the SQLite driver for this version of Node …');
    npm(['rebuild', 'better-sqlite3', '--loglevel=error']);
    if (!sqliteLoads()) {
      throw new PreparationError(
        'better-sqlite3 cannot be loaded. Where no prebuilt file of it can be fetched, it is compiled: that needs ' +
          'python3, make and a C++ compiler (Debian: apt-get install python3 make g++).',
      );
    }
  }
  const stamp = buildStamp();
  if (!existsSync(STAMP) || readFileSync(STAMP, 'utf8') !== stamp) {
    say('Building …');
    rmSync(join(ROOT, 'dist'), { recursive: true, force: true });
    run(process.execPath, [join(ROOT, 'node_modules', '@nestjs', 'cli', 'bin', 'nest.js'), 'build', 'api']);
    mkdirSync(dirname(STAMP), { recursive: true });
    writeFileSync(STAMP, stamp);
  }
}

function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  throw new PreparationError(`Node ${process.versions.node} is too old: 20.19 or newer is needed.`);
}

/** Whether what lies in node_modules is what package-lock.json asks for. */
function isInstalled() {
  const installed = join(ROOT, 'node_modules', '.package-lock.json');
  if (!existsSync(installed)) return false;
  const wanted = packagesOf(join(ROOT, 'package-lock.json'));
  const found = packagesOf(installed);
  return Object.entries(wanted).every(
    ([path, { version, optional, devOptional, peer }]) =>
      path === '' || found[path]?.version === version || ((optional || devOptional || peer) && !found[path]),
  );
}

function packagesOf(path) {
  return JSON.parse(readFileSync(path, 'utf8')).packages ?? {};
}

function sqliteLoads() {
  // in a process of its own: a module that failed to load cannot be loaded again in the same process
  const script = "new (require('better-sqlite3'))(':memory:').close()";
  return spawnSync(process.execPath, ['-e', script], { cwd: ROOT, stdio: 'ignore' }).status === 0;
}

function buildStamp() {
  const hash = createHash('sha256').update(process.versions.node);
  for (const input of BUILD_INPUTS)
    for (const path of filesBelow(join(ROOT, input))) {
      if (path.endsWith('.spec.ts')) continue;
      hash.update(path.slice(ROOT.length)).update(readFileSync(path));
    }
  return hash.digest('hex');
}

function filesBelow(path) {
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path)
    .sort()
    .flatMap((name) => filesBelow(join(path, name)));
}

/** Runs npm, the same one that runs this script where there is one. */
function npm(args) {
  const running = process.env.npm_execpath;
  if (running?.endsWith('.js')) run(process.execPath, [running, ...args]);
  else run(process.platform === 'win32' ? 'npm.cmd' : 'npm', args);
}

function run(command, args) {
  const { status, error } = spawnSync(command, args, { cwd: ROOT, stdio: 'inherit' });
  if (error) throw new PreparationError(`${command} cannot be run: ${error.message}`);
  if (status !== 0) throw new PreparationError(`${[command, ...args].join(' ')} failed; see above.`);
}
