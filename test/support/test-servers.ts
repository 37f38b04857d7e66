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

const REDIS_VARIABLE = 'ONET_INTEGRATION_REDIS';

/** Hands on where a Redis was found, if one was. */
export function publishRedis(location: string | undefined): void {
  if (location !== undefined) process.env[REDIS_VARIABLE] = location;
}

/** Where a Redis was found; undefined where none was. */
export function redisLocation(): string | undefined {
  return process.env[REDIS_VARIABLE];
}

/** What the engine is called. */
export function engineName(engine: DatabaseEngine): string {
  return engine === 'mariadb' ? 'MariaDB' : 'MySQL';
}
