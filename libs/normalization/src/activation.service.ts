import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { AppError } from '@app/common';
import { ACTIVE_RELEASE_ID, ActiveRelease, Ingestion, Release, UnitOfWork } from '@app/database';
import { SnapshotStore } from '@app/occupations';
import { lockActiveRelease } from './release-locks';
import { qualityConcerns } from './quality';

/** How a loaded release ended: served from now on, or kept back and why. */
export type ActivationOutcome =
  { readonly activated: true } | { readonly activated: false; readonly concerns: readonly string[] };

/** Puts releases into service. */
@Injectable()
export class ActivationService {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly snapshots: SnapshotStore,
  ) {}

  /**
   * Ends the loading of a release: in one transaction it becomes `ready`, its ingestion is completed, and, unless the
   * quality checks object, it is activated.
   *
   * @param incomplete occupations with some, but not all ratings
   * @throws AppError `CONFLICT` where the ingestion was given up in the meantime: then nothing is changed
   */
  async finishLoading(
    ingestionId: string,
    releaseId: number,
    incomplete: number,
    activateAnyway: boolean,
  ): Promise<ActivationOutcome> {
    const outcome = await this.unitOfWork.run(async (manager): Promise<ActivationOutcome> => {
      const active = await lockActiveRelease(manager);
      await complete(manager, ingestionId, releaseId);
      const release = await manager.findOneByOrFail(Release, { id: releaseId });
      const inService =
        active.releaseId === null ? null : await manager.findOneByOrFail(Release, { id: active.releaseId });
      const concerns = qualityConcerns({
        rated: release.ratedOccupations,
        incomplete,
        ratedInService: inService?.ratedOccupations ?? null,
      });
      if (concerns.length > 0 && !activateAnyway) {
        await manager.update(Ingestion, { id: ingestionId }, { error: `Not activated: ${concerns.join('; ')}.` });
        return { activated: false, concerns };
      }
      await putIntoService(manager, active, releaseId);
      return { activated: true };
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
      if (found.status !== 'ready' && found.status !== 'retired') {
        throw new AppError('CONFLICT', `Release ${releaseId} is ${found.status} and cannot be served.`);
      }
      if (active.releaseId !== releaseId) await putIntoService(manager, active, releaseId);
      return found;
    });
    await this.snapshots.changed();
    return release;
  }
}

async function complete(manager: EntityManager, ingestionId: string, releaseId: number): Promise<void> {
  const ingestion = await manager.update(
    Ingestion,
    { id: ingestionId, state: 'active' },
    { state: 'completed', finishedAt: new Date() },
  );
  const release = await manager.update(Release, { id: releaseId, status: 'loading' }, { status: 'ready' });
  if (ingestion.affected !== 1 || release.affected !== 1) {
    throw new AppError('CONFLICT', 'This ingestion was given up by another process in the meantime.');
  }
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
