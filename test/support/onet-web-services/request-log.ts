import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { performance } from 'node:perf_hooks';
import { countOfLast } from '../stubs/arrivals';
import { CODE_COLUMN } from './tables';

export interface SeenRequest {
  readonly method: string;
  /** Without the query string. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  /** The table whose rows are asked for; null where the request is for something else. */
  readonly tableId: string | null;
  /** When it arrived, in milliseconds of `performance.now()`. */
  readonly time: number;
}

const SECOND_MS = 1000;

/** Every request that arrived, answered or not. */
export class RequestLog {
  readonly requests: SeenRequest[] = [];

  add({ method = '', url = '', headers }: IncomingMessage): SeenRequest {
    const [path = '', query = ''] = url.split(/\?(.*)/s);
    const request: SeenRequest = {
      method,
      path,
      query: new URLSearchParams(query),
      headers,
      tableId: /\/database\/rows\/([^/]+)$/.exec(path)?.[1] ?? null,
      time: performance.now(),
    };
    this.requests.push(request);
    return request;
  }

  clear(): void {
    this.requests.length = 0;
  }

  /** Requests whose rows are those of one occupation. */
  of(code: string): SeenRequest[] {
    return this.requests.filter(({ query }) => query.getAll('filter').includes(`${CODE_COLUMN}.eq.${code}`));
  }

  /** How many arrived in the second that ends now. */
  inTheLastSecond(): number {
    return countOfLast(SECOND_MS, this.requests);
  }

  /** The most that arrived within one second, wherever that second begins. */
  maxInAnySecond(): number {
    let first = 0;
    let most = 0;
    this.requests.forEach(({ time }, last) => {
      while ((this.requests[first]?.time ?? time) <= time - SECOND_MS) first++;
      most = Math.max(most, last - first + 1);
    });
    return most;
  }
}
