import type { DatabaseEngine } from './engines';

/** A server that runs for the whole test run. */
export interface TestServer {
  readonly engine: DatabaseEngine;
  readonly version: string;
  /** Of the server; databases are created on it. */
  readonly url: string;
  /** Whether tests may start servers of this engine of their own, to take them away. */
  readonly controllable: boolean;
}

const VARIABLE = 'ONET_INTEGRATION_SERVERS';

/** Hands the servers from the process that started them to those that run the tests. */
export function publishTestServers(servers: readonly TestServer[]): void {
  process.env[VARIABLE] = JSON.stringify(servers);
}

export function testServers(): readonly TestServer[] {
  const servers = process.env[VARIABLE];
  if (servers === undefined) throw new Error('No servers were announced: run these tests with test/support/jest.');
  return JSON.parse(servers) as TestServer[];
}

/** What the engine is called. */
export function engineName(engine: DatabaseEngine): string {
  return engine === 'mariadb' ? 'MariaDB' : 'MySQL';
}
