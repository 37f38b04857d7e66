// The client of the HTTP benchmark. It must not be what is measured: wrk, where it is installed, keeps up with a bare
// node:http server on one core; autocannon, which is always there, does not, and so flatters the ratio.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import autocannon from 'autocannon';

const run = promisify(execFile);

/** @returns {Promise<'wrk' | 'autocannon'>} the client that {@link load} will use */
export async function loadClient() {
  // wrk has no option that ends well; "not found" is the one failure of interest
  const found = await run('wrk', ['--version']).catch((error) => error.code !== 'ENOENT');
  return found ? 'wrk' : 'autocannon';
}

/** Keeps `connections` busy with one URL. @throws where an answer is not 2xx */
export async function load(client, url, seconds, connections) {
  return client === 'wrk' ? withWrk(url, seconds, connections) : withAutocannon(url, seconds, connections);
}

async function withWrk(url, seconds, connections) {
  const { stdout } = await run('wrk', ['-t1', `-c${connections}`, `-d${seconds}s`, '--latency', url]);
  if (/Non-2xx|Socket errors/.test(stdout)) throw new Error(`${url}: not every request succeeded\n${stdout}`);
  return {
    requestsPerSecond: Number(/Requests\/sec:\s+([\d.]+)/.exec(stdout)?.[1]),
    p50Ms: milliseconds(/50%\s+(\S+)/.exec(stdout)?.[1]),
    p99Ms: milliseconds(/99%\s+(\S+)/.exec(stdout)?.[1]),
  };
}

function milliseconds(text) {
  const [, value, unit] = /^([\d.]+)(us|ms|s)$/.exec(text);
  return Number(value) * { us: 0.001, ms: 1, s: 1000 }[unit];
}

async function withAutocannon(url, duration, connections) {
  const result = await autocannon({ url, connections, duration });
  if (result.non2xx > 0 || result.errors > 0)
    throw new Error(`${url}: ${result.non2xx} refused, ${result.errors} errors`);
  return {
    requestsPerSecond: result.requests.total / result.duration,
    p50Ms: result.latency.p50,
    p99Ms: result.latency.p99,
  };
}
