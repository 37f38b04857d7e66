import { Injectable } from '@nestjs/common';
import { AppError } from '@app/common';
import { ACTIVE_RELEASE_ID, ActiveRelease, Release, UnitOfWork, isDatabaseUnavailable } from '@app/database';

/** A loaded release and whether it is the one in service. */
export interface ListedRelease {
  readonly release: Release;
  readonly active: boolean;
}

/** Provenance: which releases the database holds. */
@Injectable()
export class ReleasesService {
  constructor(private readonly unitOfWork: UnitOfWork) {}

  /** Every release on record, newest first. @throws AppError `DATABASE_UNAVAILABLE` */
  async list(): Promise<ListedRelease[]> {
    try {
      return await this.unitOfWork.read(async (manager) => {
        const { releaseId } = await manager.findOneByOrFail(ActiveRelease, { id: ACTIVE_RELEASE_ID });
        const releases = await manager.find(Release, { order: { id: 'DESC' } });
        return releases.map((release) => ({ release, active: release.id === releaseId }));
      });
    } catch (error) {
      if (!isDatabaseUnavailable(error)) throw error;
      throw new AppError('DATABASE_UNAVAILABLE', 'The list of releases is kept in the database, which is away.', [], {
        cause: error,
      });
    }
  }
}
