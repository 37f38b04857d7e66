// Every engine that ingestions are measured on, with fresh databases.
import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { ROOT } from '../../../scripts/lib/prepare.mjs';

const run = promisify(execFile);
const require = createRequire(import.meta.url);

/**
 * Measures on SQLite, and on every server that is found, one after the other.
 *
 * @template T
 * @param {string} folder temporary
 * @param {(engine: string, fresh: (name: string) => Promise<{ url: string, path?: string }>) => Promise<T>} measure
 *   `fresh` gives the url of a new database; on SQLite its file, too
 * @returns {Promise<T[]>}
 */
export async function onEveryEngine(folder, measure) {
  const results = [
    await measure('SQLite', async (name) => {
      const path = join(folder, `${name}.sqlite`);
      return { url: `sqlite:${path}`, path };
    }),
  ];
  const { findDatabaseServers } = require(join(ROOT, 'dist', 'bench', 'support', 'engines'));
  for (const { engine, version, start } of (await findDatabaseServers()).available) {
    const server = await start({ durable: true });
    try {
      results.push(await measure(`${engine} ${version}`, async () => ({ url: await server.createDatabase() })));
    } finally {
      await server.dispose();
    }
  }
  return results;
}

/**
 * Ingests in a process of its own.
 *
 * @param {string} url of the database
 * @param {string} source folder of a text release, or `web-services` with the settings for them in the environment
 * @returns {Promise<{ ms: number, peakMb: number, ratings: number }>}
 */
export async function ingestOnce(url, source, environment = {}) {
  const script = join(dirname(fileURLToPath(import.meta.url)), 'ingest-once.mjs');
  const env = { ...process.env, ...environment, DATABASE_URL: url };
  const { stdout } = await run(process.execPath, [script, source], { env });
  return JSON.parse(stdout);
}
