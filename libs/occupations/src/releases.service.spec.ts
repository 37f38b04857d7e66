import type { UnitOfWork } from '@app/database';
import { ReleasesService } from './releases.service';

function serviceOn(error: Error): ReleasesService {
  return new ReleasesService({ read: () => Promise.reject(error) } as unknown as UnitOfWork);
}

describe('ReleasesService', () => {
  it('says that the database is away where it does not answer', async () => {
    const refused = Object.assign(new Error('connect ECONNREFUSED 10.0.0.7:3306'), { code: 'ECONNREFUSED' });
    await expect(serviceOn(refused).list()).rejects.toMatchObject({ code: 'DATABASE_UNAVAILABLE' });
  });

  it('does not show the client where the database was looked for', async () => {
    const refused = Object.assign(new Error('connect ECONNREFUSED 10.0.0.7:3306'), { code: 'ECONNREFUSED' });
    await expect(serviceOn(refused).list()).rejects.toThrow(/^(?!.*10\.0\.0\.7)/);
  });

  it('does not take another fault for a database that is away', async () => {
    const fault = new Error('no such table: releases');
    await expect(serviceOn(fault).list()).rejects.toBe(fault);
  });
});
