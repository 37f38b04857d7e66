import { parseArgs } from 'node:util';
import type { Layout } from './release-tables';
import { StubError } from './stub-error';

const DEFAULT_PORT = '8900';
const LAYOUTS: readonly Layout[] = ['one', 'two'];
const OPTIONS = ['data', 'port', 'layout', 'requests-per-second'] as const;

export interface ServeOptions {
  /** Folder of a text release. */
  readonly data: string;
  /** 0 for one that is free. */
  readonly port: number;
  /** By default that of the release. */
  readonly layout?: Layout;
  /** 0 for no limit. */
  readonly requestsPerSecond: number;
}

/** @throws StubError for what is unknown, missing or out of range */
export function parseServeOptions(args: readonly string[]): ServeOptions {
  const given = givenOptions(args);
  const data = given.get('data');
  if (data === undefined) throw new StubError('The option --data must name the folder of a text release.');
  const layout = given.get('layout');
  const known = LAYOUTS.find((one) => one === layout);
  if (layout !== undefined && known === undefined) {
    throw new StubError(`The option --layout takes one or two, not "${layout}".`);
  }
  return {
    data,
    port: wholeNumber('port', given.get('port') ?? DEFAULT_PORT, 65_535),
    requestsPerSecond: wholeNumber('requests-per-second', given.get('requests-per-second') ?? '0', 1000),
    ...(known === undefined ? {} : { layout: known }),
  };
}

function givenOptions(args: readonly string[]): ReadonlyMap<string, string> {
  const { tokens } = parseArgs({
    args: [...args],
    options: Object.fromEntries(OPTIONS.map((name) => [name, { type: 'string' as const }])),
    // the sentences of parseArgs itself are for developers
    strict: false,
    tokens: true,
  });
  const given = new Map<string, string>();
  for (const token of tokens) {
    if (token.kind === 'option-terminator') continue;
    if (token.kind === 'positional') throw new StubError(`The argument "${token.value}" belongs to no option.`);
    if (!OPTIONS.some((name) => name === token.name)) {
      const names = OPTIONS.map((name) => `--${name}`).join(', ');
      throw new StubError(`The option ${token.rawName} is unknown; the options are ${names}.`);
    }
    if (token.value === undefined || token.value === '') {
      throw new StubError(`The option ${token.rawName} needs a value.`);
    }
    given.set(token.name, token.value);
  }
  return given;
}

function wholeNumber(name: string, text: string, max: number): number {
  if (/^\d{1,9}$/.test(text) && Number(text) <= max) return Number(text);
  throw new StubError(`The option --${name} takes a whole number from 0 to ${max}, not "${text}".`);
}
