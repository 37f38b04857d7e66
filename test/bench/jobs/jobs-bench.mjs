// Jobs from the request to the worker, against bare BullMQ, in turn: how soon one begins where nothing else is to do, and
// how many are done in a second by one worker. Who asks and who works are processes of their own, as they are in service.
import { setTimeout as delay } from 'node:timers/promises';
import mysql from 'mysql2/promise';
import { startServers } from '../support/servers.mjs';
import { median, percentile } from '../support/statistics.mjs';
import { Controlled } from './controlled.mjs';

/** Jobs that the worker runs at the same time. */
const CONCURRENCY = 20;
/** Requests that are under way at the same time while the queue is filled. */
const REQUESTS_AT_ONCE = 20;
const PAUSE_MS = 50;
const WARM_UP = 20;
/** A job that has not begun by then never will. */
const PATIENCE_MS = 120_000;

/** @param {{ rounds: number, samples: number, jobs: number }} options */
export async function benchJobs({ rounds, samples, jobs }) {
  const { engine, database, redis, dispose } = await startServers();
  try {
    const results = [];
    for (let round = 0; round < rounds; round++) {
      const floor = await measure('bare', { REDIS_URL: redis.url }, samples, jobs);
      await redis.flush();
      const url = await database.createDatabase();
      const ours = await measure('ledger', { REDIS_URL: redis.url, DATABASE_URL: url }, samples, jobs);
      await checkLedger(url, samples + WARM_UP + jobs);
      await redis.flush();
      results.push({ floor, ours });
    }
    const middle = (side) =>
      Object.fromEntries(Object.keys(results[0][side]).map((key) => [key, median(results.map((r) => r[side][key]))]));
    const ratio = (key) => median(results.map(({ floor, ours }) => ours[key] / floor[key]));
    return {
      engine,
      rounds,
      samples,
      jobs,
      concurrency: CONCURRENCY,
      floor: middle('floor'),
      ours: middle('ours'),
      latencyRatio: ratio('p95Ms'),
      throughputRatio: ratio('jobsPerSecond'),
    };
  } finally {
    await dispose();
  }
}

async function measure(kind, environment, samples, jobs) {
  const latencies = await latency(kind, environment, samples);
  const { jobsPerSecond, requestsPerSecond } = await throughput(kind, environment, jobs);
  return {
    p50Ms: percentile(latencies, 0.5),
    p95Ms: percentile(latencies, 0.95),
    p99Ms: percentile(latencies, 0.99),
    jobsPerSecond,
    requestsPerSecond,
  };
}

/** One job at a time, with a pause after each: from the call that asks for it until its handler begins. */
async function latency(kind, environment, samples) {
  let begun = () => undefined;
  return withProcesses(
    kind,
    environment,
    (event) => begun(event),
    async (producer, worker) => {
      await worker.call('work', 0);
      const latencies = [];
      for (let sample = 0; sample < samples + WARM_UP; sample++) {
        const started = new Promise((resolve) => (begun = resolve));
        const requestedAt = await producer.call('one', sample);
        const event = await within(started, `job ${sample} has not begun`);
        if (event.sample !== sample) throw new Error(`job ${event.sample} began instead of ${sample}`);
        if (sample >= WARM_UP) latencies.push(event.startedAt - requestedAt);
        await delay(PAUSE_MS);
      }
      return latencies;
    },
  );
}

/** Asks for all jobs, then lets the worker begin: from then until the last one is recorded as done. */
async function throughput(kind, environment, jobs) {
  let tell = () => undefined;
  const drained = new Promise((resolve) => (tell = resolve));
  return withProcesses(kind, environment, tell, async (producer, worker) => {
    const askedMs = await producer.call('many', { count: jobs, concurrency: REQUESTS_AT_ONCE });
    await worker.call('work', jobs);
    const { drainedMs } = await within(drained, 'the jobs are not done');
    return { jobsPerSecond: (jobs / drainedMs) * 1000, requestsPerSecond: (jobs / askedMs) * 1000 };
  });
}

async function withProcesses(kind, environment, onEvent, work) {
  const variables = { ...environment, BENCH_CONCURRENCY: String(CONCURRENCY) };
  const started = [];
  try {
    const producer = await Controlled.start(`${kind}-producer.mjs`, variables);
    started.push(producer);
    const worker = await Controlled.start(`${kind}-worker.mjs`, variables, onEvent);
    started.push(worker);
    return await work(producer, worker);
  } finally {
    await Promise.all(started.map((running) => running.stop()));
  }
}

async function within(promise, otherwise) {
  const stop = new AbortController();
  const late = delay(PATIENCE_MS, null, { signal: stop.signal }).then(
    () => Promise.reject(new Error(`${otherwise} after ${PATIENCE_MS} ms`)),
    () => undefined,
  );
  return Promise.race([promise, late]).finally(() => stop.abort());
}

/** Fast and wrong would not count: every job was begun once, and is recorded as done. */
async function checkLedger(url, expected) {
  const connection = await mysql.createConnection(url);
  try {
    const [rows] = await connection.query('SELECT state, attempt, COUNT(*) AS jobs FROM jobs GROUP BY state, attempt');
    const [row] = rows;
    if (rows.length !== 1 || row.state !== 'completed' || row.attempt !== 1 || Number(row.jobs) !== expected)
      throw new Error(`${expected} jobs were asked for, and the ledger has ${JSON.stringify(rows)}`);
  } finally {
    await connection.end();
  }
}
