import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { AppError } from '@app/common';
import { ACTIVE_RELEASE_ID, ActiveRelease, Ingestion, Release, UnitOfWork } from '@app/database';
import { holdClaim, JobLostError, recordResult } from '@app/jobs';
import { SnapshotStore } from '@app/occupations';
import { lockActiveRelease, type LoadingRelease } from './release-locks';
import { qualityConcerns } from './quality';

/** How a loaded release ended: served from now on, or kept back and why. */
export type ActivationOutcome =
  { readonly activated: true } | { readonly activated: false; readonly concerns: readonly string[] };

export interface FinishOptions {
  /** Occupations with some, but not all ratings. */
  readonly incomplete: number;
  /** Activate the release even if the quality checks object. */
  readonly activateAnyway: boolean;
  /** What the job came to, once it is known whether the release was activated. */
  readonly result: (outcome: ActivationOutcome) => object;
}

/** Puts releases into service. */
@Injectable()
export class ActivationService {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly snapshots: SnapshotStore,
  ) {}

  /**
   * Ends the loading of a release: in one transaction it becomes `ready`, and, unless the quality checks object, it is
   * activated; what the job came to is recorded along with that.
   *
   * @throws JobLostError, JobCancelledError where the job was taken over, given up or cancelled in the meantime: then
   *   nothing is changed
   */
  async finishLoading(
    loading: LoadingRelease,
    { incomplete, activateAnyway, result }: FinishOptions,
  ): Promise<ActivationOutcome> {
    const { releaseId } = loading;
    const outcome = await this.unitOfWork.run(async (manager): Promise<ActivationOutcome> => {
      // first: whatever is read before the wait for it would be what it was before others changed it
      const active = await lockActiveRelease(manager);
      await holdClaim(manager, loading);
      await complete(manager, loading);
      const release = await manager.findOneByOrFail(Release, { id: releaseId });
      const inService =
        active.releaseId === null ? null : await manager.findOneByOrFail(Release, { id: active.releaseId });
      const concerns = qualityConcerns({
        rated: release.ratedOccupations,
        incomplete,
        ratedInService: inService?.ratedOccupations ?? null,
      });
      const outcome: ActivationOutcome =
        concerns.length > 0 && !activateAnyway ? { activated: false, concerns } : { activated: true };
      if (outcome.activated) await putIntoService(manager, active, releaseId);
      else await note(manager, loading, `Not activated: ${concerns.join('; ')}.`);
      await recordResult(manager, loading, result(outcome));
      return outcome;
    });
    if (outcome.activated) await this.snapshots.changed();
    return outcome;
  }

  /**
   * Puts a loaded release into service, whether newer or older than the one that is.
   *
   * @throws AppError `NOT_FOUND`, or `CONFLICT` where the release is not completely loaded
   */
  async activate(releaseId: number): Promise<Release> {
    const release = await this.unitOfWork.run(async (manager) => {
      const active = await lockActiveRelease(manager);
      const found = await manager.findOneBy(Release, { id: releaseId });
      if (found === null) throw new AppError('NOT_FOUND', `There is no release with id ${releaseId}.`);
      if (found.source === 'overlay') {
        throw new AppError(
          'CONFLICT',
          `Release ${releaseId} holds pulled occupations; it is served beside the others.`,
        );
      }
      if (found.status !== 'ready' && found.status !== 'retired') {
        throw new AppError('CONFLICT', `Release ${releaseId} is ${found.status} and cannot be served.`);
      }
      if (active.releaseId === releaseId) return found;
      await putIntoService(manager, active, releaseId);
      // as it is now: that changes it
      return manager.findOneByOrFail(Release, { id: releaseId });
    });
    await this.snapshots.changed();
    return release;
  }
}

async function complete(manager: EntityManager, { releaseId }: LoadingRelease): Promise<void> {
  const release = await manager.update(Release, { id: releaseId, status: 'loading' }, { status: 'ready' });
  if (release.affected !== 1) throw new JobLostError();
}

async function note(manager: EntityManager, { jobId }: LoadingRelease, sentence: string): Promise<void> {
  await manager.update(Ingestion, { id: jobId }, { error: sentence });
}

async function putIntoService(manager: EntityManager, active: ActiveRelease, releaseId: number): Promise<void> {
  const { revision } = active;
  const changed = await manager.update(
    ActiveRelease,
    { id: ACTIVE_RELEASE_ID, revision },
    { releaseId, revision: revision + 1 },
  );
  if (changed.affected !== 1) throw new AppError('CONFLICT', 'Another release was activated at the same moment.');
  if (active.releaseId !== null) await manager.update(Release, { id: active.releaseId }, { status: 'retired' });
  await manager.update(Release, { id: releaseId }, { status: 'ready', activatedAt: new Date() });
}
