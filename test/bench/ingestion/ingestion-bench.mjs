// A release from text to active, against the floor of inserting its ratings, in turn, on every engine there is.
import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { ROOT } from '../../../scripts/lib/prepare.mjs';
import { median } from '../support/statistics.mjs';
import { floorOnMysql, floorOnSqlite, parseRatings } from './floor.mjs';

const run = promisify(execFile);
const require = createRequire(import.meta.url);

/** @param {{ release: string, folder: string, rounds: number }} options `release`: text release; `folder`: temporary */
export async function benchIngestion({ release, folder, rounds }) {
  const rows = parseRatings(release);
  const engines = [await benchEngine('SQLite', release, rows, rounds, sqliteRound(folder))];
  const { findDatabaseServers } = require(join(ROOT, 'dist', 'bench', 'support', 'engines'));
  for (const { engine, version, start } of (await findDatabaseServers()).available) {
    const server = await start();
    try {
      engines.push(await benchEngine(`${engine} ${version}`, release, rows, rounds, serverRound(server)));
    } finally {
      await server.dispose();
    }
  }
  return { ratings: rows.length, rounds, engines };
}

/** A fresh database for each measurement: its URL, and how to measure the floor there. */
function sqliteRound(folder) {
  return async (name) => {
    const path = join(folder, `${name}.sqlite`);
    return { url: `sqlite:${path}`, floor: (rows) => floorOnSqlite(path, rows) };
  };
}

function serverRound(server) {
  return async () => {
    const url = await server.createDatabase();
    return { url, floor: (rows) => floorOnMysql(url, rows) };
  };
}

async function benchEngine(engine, release, rows, rounds, fresh) {
  const results = [];
  for (let round = 0; round < rounds; round++) {
    const floorMs = await (await fresh(`floor-${round}`)).floor(rows);
    const { url } = await fresh(`ingestion-${round}`);
    const { ms, peakMb, ratings } = await ingest(url, release);
    if (ratings !== rows.length) throw new Error(`${engine}: ${ratings} ratings instead of ${rows.length}`);
    results.push({ floorMs, ms, ratio: ms / floorMs, peakMb });
  }
  const of = (key) => results.map((result) => result[key]);
  return {
    engine,
    floorMs: median(of('floorMs')),
    ingestionMs: median(of('ms')),
    ratio: median(of('ratio')),
    peakMb: Math.max(...of('peakMb')),
  };
}

async function ingest(url, release) {
  const script = join(dirname(fileURLToPath(import.meta.url)), 'ingest-once.mjs');
  const { stdout } = await run(process.execPath, [script, release], { env: { ...process.env, DATABASE_URL: url } });
  return JSON.parse(stdout);
}
