/** Upper bounds in seconds: gaps take less than one of the first, requests that wait for the LLM up to the last. */
const BOUNDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/** What clients of HTTP use; a request may call itself by any name that Node's parser knows. */
const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

/** Requests of one route and method that ended with one status. */
interface Tally {
  /** By the first bound that is not exceeded; beyond the last bound at the end. */
  readonly counts: Float64Array;
  sum: number;
}

interface Value {
  readonly metricName: string;
  readonly labels: Readonly<Record<string, string | number>>;
  readonly value: number;
}

/**
 * The histogram of requests. Of our own since it is part of every request: prom-client's makes several objects and a string
 * for each value, which takes twenty times as long. It is shown by prom-client like any of its own.
 */
export class RequestTimes {
  readonly type = 'histogram';
  readonly aggregator = 'sum';
  private readonly byRoute = new Map<string, Map<string, Map<number, Tally>>>();

  constructor(
    readonly name: string,
    readonly help: string,
  ) {}

  /** @param route template of the route, never the URL: there are as many series as there are routes */
  record(method: string, route: string, status: number, seconds: number): void {
    const tally = this.tallyOf(route, METHODS.has(method) ? method : 'OTHER', status);
    let bound = 0;
    while (bound < BOUNDS.length && seconds > (BOUNDS[bound] ?? Infinity)) bound++;
    tally.counts[bound] = (tally.counts[bound] ?? 0) + 1;
    tally.sum += seconds;
  }

  /** What prom-client asks its metrics for. */
  get(): Promise<object> {
    const { name, help, type, aggregator } = this;
    const values: Value[] = [];
    for (const [route, byMethod] of this.byRoute) {
      for (const [method, byStatus] of byMethod) {
        for (const [status, tally] of byStatus) values.push(...this.valuesOf({ method, route, status }, tally));
      }
    }
    return Promise.resolve({ name, help, type, aggregator, values });
  }

  private valuesOf(labels: Value['labels'], { counts, sum }: Tally): Value[] {
    let count = 0;
    const buckets = [...BOUNDS, '+Inf'].map((le, index): Value => {
      count += counts[index] ?? 0;
      return { metricName: `${this.name}_bucket`, labels: { ...labels, le }, value: count };
    });
    return [
      ...buckets,
      { metricName: `${this.name}_sum`, labels, value: sum },
      { metricName: `${this.name}_count`, labels, value: count },
    ];
  }

  private tallyOf(route: string, method: string, status: number): Tally {
    return this.byRoute.get(route)?.get(method)?.get(status) ?? this.begin(route, method, status);
  }

  private begin(route: string, method: string, status: number): Tally {
    const tally = { counts: new Float64Array(BOUNDS.length + 1), sum: 0 };
    const byMethod = this.byRoute.get(route) ?? new Map<string, Map<number, Tally>>();
    const byStatus = byMethod.get(method) ?? new Map<number, Tally>();
    this.byRoute.set(route, byMethod.set(method, byStatus.set(status, tally)));
    return tally;
  }
}
