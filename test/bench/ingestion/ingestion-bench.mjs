// A release from text to active, against the floor of inserting its ratings, in turn, on every engine there is.
import { median } from '../support/statistics.mjs';
import { ingestOnce, onEveryEngine } from './engines.mjs';
import { floorOnMysql, floorOnSqlite, parseRatings } from './floor.mjs';

/** @param {{ release: string, folder: string, rounds: number }} options `release`: text release; `folder`: temporary */
export async function benchIngestion({ release, folder, rounds }) {
  const rows = parseRatings(release);
  const engines = await onEveryEngine(folder, (engine, fresh) => benchEngine(engine, release, rows, rounds, fresh));
  return { ratings: rows.length, rounds, engines };
}

async function benchEngine(engine, release, rows, rounds, fresh) {
  const results = [];
  for (let round = 0; round < rounds; round++) {
    const forFloor = await fresh(`floor-${round}`);
    const floorMs =
      forFloor.path === undefined ? await floorOnMysql(forFloor.url, rows) : floorOnSqlite(forFloor.path, rows);
    const { url } = await fresh(`ingestion-${round}`);
    const { ms, peakMb, ratings } = await ingestOnce(url, release);
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
