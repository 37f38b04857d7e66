import { givenOptions, wholeNumber } from '../stubs/command-options';

const DEFAULT_PORT = '8901';

export interface ServeOptions {
  /** 0 for one that is free. */
  readonly port: number;
  /** By how long every answer is delayed. */
  readonly latencyMs: number;
  /** The model behind an alias. */
  readonly modelVersion?: string;
  /** 0 for no limit. */
  readonly requestsPerMinute: number;
}

/** @throws StubError for what is unknown or out of range */
export function parseServeOptions(args: readonly string[]): ServeOptions {
  const given = givenOptions(args, ['port', 'latency-ms', 'model-version', 'requests-per-minute']);
  const modelVersion = given.get('model-version');
  return {
    port: wholeNumber('port', given.get('port') ?? DEFAULT_PORT, 65_535),
    latencyMs: wholeNumber('latency-ms', given.get('latency-ms') ?? '0', 600_000),
    requestsPerMinute: wholeNumber('requests-per-minute', given.get('requests-per-minute') ?? '0', 100_000),
    ...(modelVersion === undefined ? {} : { modelVersion }),
  };
}
