import { Injectable } from '@nestjs/common';
import { ACTIVE_RELEASE_ID, ActiveRelease, Release, UnitOfWork, needingDatabase } from '@app/database';

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
  list(): Promise<ListedRelease[]> {
    return needingDatabase('The list of releases is kept in the database, which is away.', () =>
      this.unitOfWork.read(async (manager) => {
        const { releaseId } = await manager.findOneByOrFail(ActiveRelease, { id: ACTIVE_RELEASE_ID });
        const releases = await manager.find(Release, { order: { id: 'DESC' } });
        return releases.map((release) => ({ release, active: release.id === releaseId }));
      }),
    );
  }
}
