import type { Contract } from '../e2e/contract';
import type { Answer } from '../e2e/http';

/** Pieces of our own program, and of the database behind it. */
const INSIDES = [/node_modules/, /\bat \S+ \(?(file|node|\/)\S*:\d+/, /\bSQLITE_|\bER_[A-Z]+_|QueryFailedError/];
/** Headers that requests try to have set. */
const NEVER_SET = ['x-injected', 'set-cookie'];
/** Met before there is a request that has a path. */
const WITHOUT_PATH = [400, 408, 414, 431];

/** What answers must not show. */
export interface Hidden {
  /** From everybody. */
  readonly secrets: readonly string[];
  /** From everybody but admins, who are told why jobs failed. */
  readonly places: readonly string[];
}

/** Pages for admins, which are not part of the document. */
const DASHBOARD = /^\/admin\/queues\b/;

/** A request as far as it can be read from its bytes, and the first answer to it. */
export interface Exchange {
  readonly method: string;
  readonly target: string;
  readonly hasAdminKey: boolean;
  readonly answer: Answer;
}

/** Method and target, as they stand in the first line of a request. */
export function firstLineOf(bytes: Buffer): { readonly method: string; readonly target: string } {
  const [, method, target] = /^(?:\r?\n)*([^ \r\n]+) +([^ \r\n]+)/.exec(bytes.toString('latin1')) ?? [];
  return { method: method ?? 'GET', target: target ?? '/' };
}

/** Everything that is wrong with an answer; empty where nothing is. */
export function faultsOf(exchange: Exchange, contract: Contract, { secrets, places }: Hidden): string[] {
  const { method, target, hasAdminKey, answer } = exchange;
  // a request may name the server along with the path
  const path = hasNoPath(method, answer) ? '/' : target.replace(/^\w+:\/\/[^/?#]*/, '');
  const text = `${JSON.stringify(answer.headers)}${answer.body}`;
  return [
    ...(answer.status >= 500 && answer.status !== 503 ? [`is ${answer.status}`] : []),
    ...(hasAdminKey && DASHBOARD.test(path) ? [] : contract.deviations({ method, path }, answer)),
    ...(hasAdminKey && answer.status < 300 ? [] : insidesIn(answer, places)),
    ...NEVER_SET.filter((name) => answer.header(name) !== undefined).map((name) => `has the header ${name}`),
    ...(secrets.some((secret) => text.includes(secret)) ? ['shows a secret'] : []),
  ];
}

function insidesIn({ body }: Answer, places: readonly string[]): string[] {
  return [
    ...INSIDES.filter((pattern) => pattern.test(body)).map((pattern) => `shows ${String(pattern)}`),
    ...places.filter((place) => body.includes(place)).map((place) => `shows ${place}`),
  ];
}

/** The answer to HEAD does not say it. */
function hasNoPath(method: string, { status, body }: Answer): boolean {
  return WITHOUT_PATH.includes(status) && (body.includes('"instance":"/"') || (method === 'HEAD' && body === ''));
}
