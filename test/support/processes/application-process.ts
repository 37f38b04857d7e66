import { setImmediate as nextTurn } from 'node:timers/promises';
import { ACTIVE_RELEASE_ID, ActiveRelease, openDatabase, UnitOfWork } from '@app/database';
import { databaseConfig } from '../database-config';
import { IngestionApp } from '../ingestion-app';

/** Longer than any test takes. */
const LOCK_HELD_MS = 600_000;

/**
 * What another process of the application does to the database that a test uses: `<task> <database url> <arguments…>`.
 * Writes `ready` once it is where the test wants it.
 */
async function main([task, url = '', ...rest]: readonly string[]): Promise<void> {
  switch (task) {
    case 'open-database':
      await (await openDatabase(databaseConfig(url))).destroy();
      return;
    case 'count-up':
      return countUp(url, Number(rest[0]));
    case 'hold-lock':
      return holdLock(url);
    case 'ingest-and-die':
      return ingestAndDie(url, rest[0] ?? '', rest[1] ?? '');
    default:
      throw new Error(`There is no task ${task ?? ''}`);
  }
}

/** Raises the revision step by step, giving way to others between reading and writing. */
async function countUp(url: string, times: number): Promise<void> {
  const dataSource = await openDatabase(databaseConfig(url));
  const unitOfWork = new UnitOfWork(dataSource);
  for (let i = 0; i < times; i++) {
    await unitOfWork.run(async (manager) => {
      const { revision } = await manager.findOneByOrFail(ActiveRelease, { id: ACTIVE_RELEASE_ID });
      await nextTurn();
      await manager.update(ActiveRelease, { id: ACTIVE_RELEASE_ID }, { revision: revision + 1 });
    });
  }
  await dataSource.destroy();
}

async function holdLock(url: string): Promise<void> {
  const app = await IngestionApp.open(url);
  await app.locks.withLock('first-load', () => {
    process.stdout.write('ready\n');
    // a promise that nothing could settle would be collected, and the connection that has the lock with it
    return new Promise((resolve) => setTimeout(resolve, LOCK_HELD_MS));
  });
}

/** Ingests a release and dies, without any farewell, at the first progress in a stage. */
async function ingestAndDie(url: string, path: string, stage: string): Promise<void> {
  const app = await IngestionApp.open(url);
  await app.ingest(
    path,
    {},
    {
      onProgress: (progress) => {
        if (progress.stage === stage) process.kill(process.pid, 'SIGKILL');
      },
    },
  );
}

main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
