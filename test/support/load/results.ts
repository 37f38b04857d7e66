import { mkdirSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';

const RESULTS = resolve(__dirname, '../../../test-results');

/** Keeps what a campaign measured, and shows it: to be judged by, and for docs/benchmarks.md. */
export function recordResults(name: string, results: object): void {
  const text = `${JSON.stringify(results, null, 2)}\n`;
  mkdirSync(RESULTS, { recursive: true });
  writeFileSync(resolve(RESULTS, `load-${name}.json`), text);
  process.stdout.write(text);
}

/** The middle one, so that what else the machine did for a moment does not count. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

/** A whole number from the environment. */
export function setting(name: string, fallback: number): number {
  const given = process.env[name];
  if (given === undefined || given === '') return fallback;
  if (!/^[1-9]\d{0,4}$/.test(given)) throw new Error(`${name} must be a whole number from 1 on, not "${given}"`);
  return Number(given);
}
