import { join } from 'node:path';
import type { Processes } from '../e2e/processes';
import * as modes from '../modes';
import type { OnetStub } from '../onet-web-services/onet-stub';
import { SmallRelease } from '../release-folder';

export const VERSIONS = ['v2', 'v1.9'] as const;
export type Version = (typeof VERSIONS)[number];

interface PullingOptions {
  /** Version of the Web Services that is asked; 2 by default. */
  readonly version?: Version;
  /** Added to the environment of all processes. Unless it says otherwise, requests are as many a second as may be. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** An api on a small release that has the O*NET Web Services for the rest. */
export type Pulling = modes.Installation;

/** How the processes of an installation are put together. */
interface Mode extends Omit<modes.Mode, 'start'> {
  start(stub: OnetStub, options?: PullingOptions): Promise<Pulling>;
}

/** The release that an api begins with: of those that the Web Services rate it has a few, and lists two more. */
export function localRelease(): SmallRelease {
  return new SmallRelease({ rated: 6, unrated: 2 });
}

/** Credentials for the Web Services, and where they are. */
export function accessTo(stub: OnetStub, version: Version): Readonly<Record<string, string>> {
  return version === 'v2'
    ? { ONET_API_KEY: stub.key, ONET_API_BASE_URL: stub.v2Url }
    : { ONET_USERNAME: stub.username, ONET_PASSWORD: stub.password, ONET_API_BASE_URL: stub.v19Url };
}

/** Runs the same tests with the api alone on SQLite, and with api and worker on every server that was found. */
export function describeInEveryMode(name: string, define: (mode: Mode) => void, lifetime?: modes.Lifetime): void {
  modes.describeInEveryMode(name, pullingIn(define), lifetime);
}

/** With the api alone, on SQLite. */
export function describeEmbedded(name: string, define: (mode: Mode) => void, lifetime?: modes.Lifetime): void {
  modes.describeEmbedded(name, pullingIn(define), lifetime);
}

/** With an api and a worker, on every server that was found. */
export function describeDistributed(name: string, define: (mode: Mode) => void, lifetime?: modes.Lifetime): void {
  modes.describeDistributed(name, pullingIn(define), lifetime);
}

function pullingIn(define: (mode: Mode) => void): (mode: modes.Mode) => void {
  return (mode) => {
    define({
      ...mode,
      start: async (stub, given = {}) => mode.start(await environmentOf(mode.processes, stub, given)),
    });
  };
}

async function environmentOf(
  processes: Processes,
  stub: OnetStub,
  { version = 'v2', environment }: PullingOptions,
): Promise<Readonly<Record<string, string>>> {
  const root = await processes.folder();
  return {
    ONET_DATA_ROOT: root,
    ONET_DATA_DIR: await localRelease().writeFolder(join(root, '30.1')),
    // how many a second is tested where it matters
    ONET_REQUESTS_PER_SECOND: '0',
    ...accessTo(stub, version),
    ...environment,
  };
}
