// A release from the stub of the Web Services to active, against the ingestion of the same release from text, in turn.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { ROOT } from '../../../scripts/lib/prepare.mjs';
import { ingestOnce, onEveryEngine } from '../ingestion/engines.mjs';
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

/** Serves a release in a process of its own; `settings` are what an application needs to find it, without a limiter. */
async function startStub(release) {
  const script = join(ROOT, 'scripts', 'stub-onet.mjs');
  const child = spawn(process.execPath, [script, '--data', release, '--port', '0'], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const stop = async () => {
    child.kill('SIGTERM');
    if (child.exitCode === null) await once(child, 'exit');
  };
  for await (const line of createInterface({ input: child.stdout })) {
    const [, key, url] = /^ +ONET_API_KEY=(\S+) ONET_API_BASE_URL=(\S+)$/.exec(line) ?? [];
    if (url === undefined) continue;
    child.stdout.resume();
    return { settings: { ONET_API_KEY: key, ONET_API_BASE_URL: url, ONET_REQUESTS_PER_SECOND: '0' }, stop };
  }
  throw new Error('the stub of the Web Services ended before it served');
}
