import type { Environment } from '@app/config';
import { OccupationPullsService, type BringOutcome, type PullRequester } from '@app/ingestion';
import type { ReleaseSnapshot } from '@app/occupations';
import type { IngestionApp } from './ingestion-app';
import type { OnetStub } from './onet-web-services/onet-stub';
import { soc } from './snapshots';

/** Settings of a process that pulls from a stub of the Web Services. */
export function pullsFrom(stub: OnetStub, environment: Environment = {}): Environment {
  return {
    ONET_API_KEY: stub.key,
    ONET_API_BASE_URL: stub.v2Url,
    ONET_REQUESTS_PER_SECOND: '0',
    ...environment,
  };
}

export function isRated(snapshot: ReleaseSnapshot, code: string): boolean {
  return (snapshot.find(soc(code))?.row ?? -1) >= 0;
}

/** Asks for rated occupations as a client of the HTTP side does. */
export function bring(
  app: IngestionApp,
  codes: readonly string[],
  { admit = () => true }: Partial<PullRequester> = {},
): Promise<BringOutcome> {
  return app
    .get(OccupationPullsService)
    .bring(codes.map(soc), isRated, { requestedBy: 'a test', requestId: null, admit });
}

/** Jobs that pull, oldest first. */
export function pullJobs(
  app: IngestionApp,
): Promise<{ id: string; state: string; attempt: number; result: string | null; error_raw: string | null }[]> {
  return app.query(
    "SELECT id, state, attempt, result, error_raw FROM jobs WHERE type = 'pull-occupation' ORDER BY created_at",
  );
}
