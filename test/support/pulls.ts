import type { OnetSocCode } from '@app/common';
import { Ingestion } from '@app/database';
import { PULL_OCCUPATION } from '@app/ingestion';
import { JobsService, type JobClaim } from '@app/jobs';
import {
  normalisePull,
  OverlayService,
  type NormalisedPull,
  type OverlayFrame,
  type PulledTable,
} from '@app/normalization';
import { pullSubject } from '../../libs/ingestion/src/pulls/pull-occupation.job';
import { toLandingRows } from '../../libs/ingestion/src/web-services/landing-rows';
import { JobLedger } from '../../libs/jobs/src/job-ledger';
import type { IngestionApp } from './ingestion-app';
import { filesOfRelease } from './onet-web-services/release-files';
import { releaseTables, type Layout } from './onet-web-services/release-tables';
import { CODE_COLUMN } from './onet-web-services/tables';
import { type SmallRelease } from './release-folder';
import { soc } from './snapshots';

/** What a pull of an occupation brings, where the Web Services serve this release. */
export function pulledTables(release: SmallRelease, code: string, layout?: Layout): PulledTable[] {
  const tables = releaseTables(filesOfRelease(release), layout);
  return ['occupation_data', 'skills', 'essential_skills', 'transferable_skills'].flatMap((name) => {
    const rows = tables.get(name)?.rows.filter((row) => row[CODE_COLUMN] === code);
    const landingTable = name === 'occupation_data' ? 'landing_occupations' : 'landing_skills';
    return rows === undefined ? [] : [toLandingRows(name, landingTable, rows)];
  });
}

/** A pull that was begun: its job is claimed, and nothing is stored yet. */
export interface BegunPull {
  readonly claim: JobClaim;
  readonly code: OnetSocCode;
  readonly tables: readonly PulledTable[];
  readonly pull: NormalisedPull;
  readonly frame: OverlayFrame;
}

/** Begins to pull an occupation, as a process of the application does it, up to the moment of storing. */
export async function beginPull(
  app: IngestionApp,
  code: string,
  tables: readonly PulledTable[],
  createdAt = new Date(),
): Promise<BegunPull> {
  const { job } = await app.get(JobsService).request(
    PULL_OCCUPATION,
    { code: soc(code) },
    {
      requestedBy: 'a test',
      subject: pullSubject(soc(code)),
      alongside: async (manager, id) => {
        const kind = { kind: 'occupation', source: 'web_services' } as const;
        await manager.insert(Ingestion, { id, ...kind, origin: code, counts: {}, createdAt });
      },
    },
  );
  const claimed = await app.get(JobLedger).claim(job.id, 'a test');
  if (claimed.kind !== 'claimed') throw new Error(`The job is ${claimed.kind}`);
  const frame = await app.get(OverlayService).frame(soc(code));
  if (frame === null) throw new Error('No release is active');
  const claim = { jobId: job.id, attempt: claimed.job.attempt };
  return { claim, code: soc(code), tables, pull: normalisePull(soc(code), tables, frame), frame };
}

/** Stores a pull that was begun. */
export function storePull(
  app: IngestionApp,
  { claim, code, tables, pull, frame }: BegunPull,
  { serve = true }: { readonly serve?: boolean } = {},
): Promise<void> {
  return app.get(OverlayService).store(claim, code, tables, pull, { serve, frame });
}

/** Ends the job of a pull as a process does that is done with it. */
export async function endPull(app: IngestionApp, { claim }: BegunPull): Promise<void> {
  await app.get(JobLedger).complete(claim, {}, null);
}
