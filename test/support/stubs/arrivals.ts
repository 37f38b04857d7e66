import { performance } from 'node:perf_hooks';

/** How many of these, sorted by arrival, came within the time that ends now; times are those of `performance.now()`. */
export function countOfLast(ms: number, arrivals: readonly { readonly time: number }[]): number {
  const from = performance.now() - ms;
  const before = arrivals.findLastIndex(({ time }) => time <= from);
  return arrivals.length - 1 - before;
}
