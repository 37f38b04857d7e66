import { givenOptions, wholeNumber } from '../stubs/command-options';
import { StubError } from '../stubs/stub-error';
import type { Layout } from './release-tables';

const DEFAULT_PORT = '8900';
const LAYOUTS: readonly Layout[] = ['one', 'two'];

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
  const given = givenOptions(args, ['data', 'port', 'layout', 'requests-per-second']);
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
