/** How long a pull counts, in ms. */
const WINDOW_MS = 60_000;
/** Clients that are remembered; beyond that, those are forgotten that have caused nothing for a minute. */
const MANY_CLIENTS = 10_000;

/** Bounds how many pulls one client may cause a minute, in this process. */
export class PullAllowance {
  private readonly times = new Map<string, number[]>();

  /** @param perMinute 0 for no limit */
  constructor(private readonly perMinute: number) {}

  /** Takes one pull from what a client may cause; returns 0, or after how many ms there is one for it. */
  take(client: string, now = performance.now()): number {
    if (this.perMinute === 0) return 0;
    const recent = (this.times.get(client) ?? []).filter((time) => time > now - WINDOW_MS);
    const [oldest = now] = recent;
    if (recent.length >= this.perMinute) return oldest + WINDOW_MS - now;
    this.times.set(client, [...recent, now]);
    if (this.times.size > MANY_CLIENTS) this.forgetIdle(now);
    return 0;
  }

  private forgetIdle(now: number): void {
    for (const [client, times] of this.times) {
      if ((times.at(-1) ?? 0) <= now - WINDOW_MS) this.times.delete(client);
    }
  }
}
