import { execFile } from 'node:child_process';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

import type { ServerPrograms } from './engine-commands';
import { connectDatabaseServer } from './external-server';
import { executable, searchedFolders } from './find-program';
import { ThrowawayServer } from './throwaway-server';
import { DATABASE_ENGINES, type DatabaseEngine, type DatabaseServer, engineOf, type ServerOptions } from './types';

/** A server the tests can use. */
export interface AvailableServer {
  readonly engine: DatabaseEngine;
  /** For example `10.11.6-MariaDB` or `8.4.3`. */
  readonly version: string;
  /** Where it is, for a report: the path of the program, or host and port. */
  readonly location: string;
  /** A throwaway server, or for TEST_DATABASE_URL a connection to the one which runs there. */
  start(options?: ServerOptions): Promise<DatabaseServer>;
}

/** What was found, and which engines the tests will therefore not cover. */
export interface DatabaseServers {
  readonly available: readonly AvailableServer[];
  readonly missing: readonly DatabaseEngine[];
}

/**
 * Looks for servers, at most one of each engine: only the one at TEST_DATABASE_URL when that
 * is set, otherwise those installed on this machine.
 *
 * @throws Error when TEST_DATABASE_URL is set and does not lead to a server
 */
export async function findDatabaseServers(): Promise<DatabaseServers> {
  const url = process.env['TEST_DATABASE_URL'];
  const available = url ? [await externalServer(url)] : await installedServers();
  const missing = DATABASE_ENGINES.filter((engine) => !available.some((server) => server.engine === engine));
  return { available, missing };
}

/**
 * Starts a throwaway server of this engine, or connects to the one at TEST_DATABASE_URL.
 *
 * @throws Error when there is none, or when it does not start (with the end of its log)
 */
export async function startDatabaseServer(engine: DatabaseEngine): Promise<DatabaseServer> {
  const { available } = await findDatabaseServers();
  const server = available.find((candidate) => candidate.engine === engine);
  if (server === undefined) {
    throw new Error(`No ${engine} server found: install one, or set TEST_DATABASE_URL to one which runs.`);
  }
  return server.start();
}

async function externalServer(url: string): Promise<AvailableServer> {
  const { engine, version } = await connectDatabaseServer(url);
  const location = new URL(url).host;
  return { engine, version, location, start: () => connectDatabaseServer(url) };
}

async function installedServers(): Promise<AvailableServer[]> {
  const found = new Map<DatabaseEngine, AvailableServer>();
  const candidates = await distinctPrograms(['mariadbd', 'mysqld'], searchedFolders());
  for (const program of candidates) {
    const version = await versionOf(program);
    if (version === undefined) continue;
    // MariaDB is often installed under the name mysqld too, so only the version tells.
    const engine = engineOf(version);
    if (found.has(engine)) continue;
    const initializer = engine === 'mysql' ? program : await installerFor(program);
    if (initializer === undefined) continue;
    const programs: ServerPrograms = { engine, server: program, initializer };
    found.set(engine, {
      engine,
      version,
      location: program,
      start: (options) => ThrowawayServer.launch(programs, options),
    });
  }
  return [...found.values()];
}

/** mariadb-install-db from the same installation as the server, if there is one, or from PATH. */
async function installerFor(server: string): Promise<string | undefined> {
  const home = dirname(dirname(server));
  const folders = [join(home, 'bin'), join(home, 'scripts'), ...searchedFolders()];
  const [installer] = await distinctPrograms(['mariadb-install-db', 'mysql_install_db'], folders);
  return installer;
}

/** The executables with these names, name by name, without links to one already listed. */
async function distinctPrograms(names: string[], folders: string[]): Promise<string[]> {
  const programs = new Set<string>();
  for (const name of names) {
    for (const folder of folders) {
      const program = await executable(join(folder, name));
      if (program !== undefined) programs.add(program);
    }
  }
  return [...programs];
}

/** The version a server program reports, or undefined when it is no server or does not run. */
async function versionOf(program: string): Promise<string | undefined> {
  try {
    const { stdout } = await promisify(execFile)(program, ['--no-defaults', '--version'], {
      timeout: 10_000,
    });
    return /\bVer (\S+)/.exec(stdout)?.[1];
  } catch {
    return undefined;
  }
}
