import type { OpenApiDocument } from '../e2e/contract';
import { operationsOf } from '../e2e/documented-requests';
import { originOf } from './fuzzed-requests';

type Outcomes = ReadonlyMap<string, ReadonlyMap<number, number>>;

const KINDS = [
  ['with success', (status: number) => status >= 200 && status < 300],
  ['with a refusal', (status: number) => status >= 400 && status < 500],
] as const;

/** Documented answers that no request was given: of each operation one of success and one of refusal, where it has both. */
export function neverSeen(document: OpenApiDocument, outcomes: Outcomes): string[] {
  return operationsOf(document).flatMap((placed) => {
    const origin = originOf(placed);
    const seen = [...(outcomes.get(origin)?.keys() ?? [])];
    const documented = Object.keys(placed.operation.responses).map(Number);
    return KINDS.filter(([, is]) => documented.some(is) && !seen.some(is)).map(
      ([kind]) => `${origin} was never answered ${kind}`,
    );
  });
}

/** How often each operation was answered with each status, as a table to be read. */
export function coverageTable(outcomes: Outcomes): string {
  return [...outcomes]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([origin, counts]) => {
      const all = [...counts].sort(([a], [b]) => a - b).map(([status, count]) => `${status || 'none'}: ${count}`);
      return `${origin.padEnd(50)} ${all.join(', ')}`;
    })
    .join('\n');
}
