// The servers that benchmarks of several processes need: those of the tests.
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { ROOT } from '../../../scripts/lib/prepare.mjs';

const require = createRequire(import.meta.url);

/**
 * A MariaDB (a MySQL, where there is none) and a Redis: throwaway ones, or those that TEST_DATABASE_URL and
 * TEST_REDIS_URL name.
 *
 * @throws Error where one of them is missing
 */
export async function startServers() {
  const { findDatabaseServers, startRedis } = require(join(ROOT, 'dist', 'bench', 'support', 'engines'));
  const [found] = (await findDatabaseServers()).available;
  if (found === undefined) throw new Error('No MariaDB or MySQL found: install one, or set TEST_DATABASE_URL.');
  const redis = await startRedis();
  try {
    const database = await found.start({ durable: true });
    const dispose = () => Promise.all([database.dispose(), redis.dispose()]);
    return { engine: `${found.engine} ${found.version}`, database, redis, dispose };
  } catch (error) {
    await redis.dispose();
    throw error;
  }
}
