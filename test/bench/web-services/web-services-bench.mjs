// A release from the stub of the Web Services to active, against the ingestion of the same release from text, in turn.
import { ingestOnce, onEveryEngine } from '../ingestion/engines.mjs';
import { startStub } from '../support/onet-stub.mjs';
import { median } from '../support/statistics.mjs';

/** @param {{ release: string, folder: string, rounds: number }} options `release`: text release; `folder`: temporary */
export async function benchWebServices({ release, folder, rounds }) {
  const stub = await startStub(release);
  try {
    const engines = await onEveryEngine(folder, (engine, fresh) => benchEngine(engine, release, stub, rounds, fresh));
    return { ratings: engines[0].ratings, rounds, engines };
  } finally {
    await stub.stop();
  }
}

async function benchEngine(engine, release, stub, rounds, fresh) {
  const results = [];
  for (let round = 0; round < rounds; round++) {
    const text = await ingestOnce((await fresh(`text-${round}`)).url, release);
    const built = await ingestOnce((await fresh(`built-${round}`)).url, 'web-services', stub.settings);
    if (built.ratings !== text.ratings) {
      throw new Error(`${engine}: ${built.ratings} ratings instead of ${text.ratings}`);
    }
    results.push({
      textMs: text.ms,
      ms: built.ms,
      ratio: built.ms / text.ms,
      ratings: built.ratings,
      peakMb: built.peakMb,
    });
  }
  const of = (key) => results.map((result) => result[key]);
  return {
    engine,
    ratings: results[0].ratings,
    textMs: median(of('textMs')),
    builtMs: median(of('ms')),
    slowestMs: Math.max(...of('ms')),
    ratio: median(of('ratio')),
    peakMb: Math.max(...of('peakMb')),
  };
}
