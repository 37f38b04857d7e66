import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Config } from 'jest';
import { type DatabaseServer, findDatabaseServers, findRedis } from '../engines';
import { engineName, publishRedis, publishTestServers } from '../test-servers';
import { rememberServers } from './running-servers';

/**
 * Starts one server of each engine found. What was used and what is missing goes to engines.json of the results, for the
 * last lines of the test run.
 *
 * @throws Error on CI where there is no Redis, or neither a MariaDB nor a MySQL
 */
export default async function startServers({ rootDir }: Config): Promise<void> {
  const { available, missing } = await findDatabaseServers();
  const results = process.env['TEST_RESULTS_DIR'] ?? join(rootDir ?? process.cwd(), 'test-results');
  await mkdir(results, { recursive: true });
  const used = available.map(({ engine, version, location }) => `${engineName(engine)} ${version} (${location})`);
  const redis = await findRedis();
  publishRedis(redis);
  const report = {
    used: ['SQLite', ...used, ...(redis === undefined ? [] : [`Redis (${redis})`])],
    missing: [...missing.map(engineName), ...(redis === undefined ? ['Redis'] : [])],
  };
  await writeFile(join(results, 'engines.json'), `${JSON.stringify(report, null, 2)}\n`);
  if (available.length === 0 && process.env['CI'] === 'true') {
    throw new Error(
      'The integration tests need a MariaDB or MySQL server on CI: install mariadb-server or mysql-server, ' +
        'or set TEST_DATABASE_URL to a running one.',
    );
  }
  if (redis === undefined && process.env['CI'] === 'true') {
    throw new Error('The tests need a Redis on CI: install redis-server, or set TEST_REDIS_URL to a running one.');
  }
  const started = await Promise.allSettled(available.map((server) => server.start()));
  const running: DatabaseServer[] = started.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  rememberServers(running);
  const failed = started.find((result) => result.status === 'rejected');
  if (failed !== undefined) {
    // globalTeardown does not run after a globalSetup that failed
    await Promise.all(running.map((server) => server.dispose()));
    throw failed.reason;
  }
  publishTestServers(
    running.map((server) => ({
      engine: server.engine,
      version: server.version,
      url: server.url(''),
      controllable: server.controllable,
    })),
  );
}
