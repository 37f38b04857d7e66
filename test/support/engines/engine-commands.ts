import type { DatabaseEngine } from './types';

/** A program and its arguments. */
export interface Command {
  readonly executable: string;
  readonly args: readonly string[];
}

/** Where the programs of one installed server are. */
export interface ServerPrograms {
  readonly engine: DatabaseEngine;
  /** mariadbd or mysqld. */
  readonly server: string;
  /** What creates the system tables: mariadb-install-db, or mysqld itself. */
  readonly initializer: string;
}

/** Where a server keeps its files and listens. */
export interface ServerPlace {
  /** Must not exist yet when the server is initialised. */
  readonly dataFolder: string;
  /**
   * Exists, and is used by no other server: MariaDB removes all temporary tables which it finds
   * there when it starts, also those of servers which are running.
   */
  readonly temporaryFolder: string;
  readonly socket: string;
  readonly pidFile: string;
  readonly port: number;
}

/** Both engines refuse to run as root unless told so. */
function asCurrentUser(): string[] {
  return process.getuid?.() === 0 ? ['--user=root'] : [];
}

/**
 * MySQL checks at start that the import folder it was built with exists and is readable,
 * which it is only for the user of the system's own server.
 */
const WITHOUT_IMPORT_FOLDER = '--secure-file-priv=NULL';

/** Creates a data folder whose root user has no password. */
export function initializeCommand(programs: ServerPrograms, place: ServerPlace): Command {
  switch (programs.engine) {
    case 'mariadb':
      return {
        executable: programs.initializer,
        args: [
          '--no-defaults',
          // Without it the script, run as root, takes over the PAM helper of the system's server.
          '--rpm',
          '--auth-root-authentication-method=normal',
          '--skip-test-db',
          `--datadir=${place.dataFolder}`,
          `--tmpdir=${place.temporaryFolder}`,
          ...asCurrentUser(),
        ],
      };
    case 'mysql':
      return {
        executable: programs.initializer,
        args: [
          '--no-defaults',
          '--initialize-insecure',
          `--datadir=${place.dataFolder}`,
          `--tmpdir=${place.temporaryFolder}`,
          WITHOUT_IMPORT_FOLDER,
          ...asCurrentUser(),
        ],
      };
  }
}

/**
 * What a server that is gone in an hour can do without: to wait for the disk. What it has committed outlives its own end, but
 * not that of the machine.
 */
const WITHOUT_WAITING = ['--innodb-flush-log-at-trx-commit=2', '--innodb-flush-method=nosync'];

/** Runs the server in the foreground; a durable one as it is by default. */
export function serveCommand(programs: ServerPrograms, place: ServerPlace, durable: boolean): Command {
  const args = [
    '--no-defaults',
    `--datadir=${place.dataFolder}`,
    `--tmpdir=${place.temporaryFolder}`,
    `--port=${place.port}`,
    '--bind-address=127.0.0.1',
    `--socket=${place.socket}`,
    `--pid-file=${place.pidFile}`,
    ...(durable ? [] : WITHOUT_WAITING),
    ...asCurrentUser(),
  ];
  switch (programs.engine) {
    case 'mariadb':
      return { executable: programs.server, args };
    case 'mysql':
      // The X plugin would listen on a fixed port on all addresses.
      return {
        executable: programs.server,
        args: [...args, '--mysqlx=OFF', ...(durable ? [] : ['--skip-log-bin']), WITHOUT_IMPORT_FOLDER],
      };
  }
}
