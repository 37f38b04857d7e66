import type { LoadWindow } from './load-plan';

/** Times of requests. */
export class Latencies {
  private readonly values: number[] = [];

  add(ms: number): void {
    this.values.push(ms);
  }

  summary(): LoadWindow {
    const sorted = Float64Array.from(this.values).sort();
    const share = (of: number): number => sorted[Math.max(0, Math.ceil(of * sorted.length) - 1)] ?? 0;
    return { p50Ms: share(0.5), p99Ms: share(0.99) };
  }
}
