import { setTimeout as sleep } from 'node:timers/promises';
import type { DataSource } from 'typeorm';
import { isDatabaseUnavailable, UnitOfWork } from '@app/database';
import { useDataSources } from '../support/data-sources';
import { describeOnEveryServer } from '../support/databases';
import { SilentProxy } from '../support/silent-proxy';
import { rejectionOf } from '../support/thrown-by';

/** The application gives a server longer. */
const SILENT_MS = 400;

describeOnEveryServer('A database server that says nothing any more', (database) => {
  let proxy: SilentProxy;
  const dataSources = useDataSources();
  let dataSource: DataSource;

  beforeEach(async () => {
    proxy = await SilentProxy.before(await database.create());
    dataSource = await dataSources.open(proxy.url, SILENT_MS);
  });

  afterEach(() => proxy.close());

  const connectionId = async (): Promise<unknown> => dataSource.query('SELECT CONNECTION_ID() AS id');

  test('is taken for one that is away, by whoever waits for a statement', async () => {
    proxy.fallSilent();
    const asked = Date.now();

    const failure = await rejectionOf(connectionId());

    expect(isDatabaseUnavailable(failure)).toBe(true);
    expect(String(failure)).toContain('The server has said nothing for 0.4 s');
    expect(Date.now() - asked).toBeGreaterThanOrEqual(SILENT_MS - 1);
  });

  test('is asked on other connections when it speaks again', async () => {
    const before = await connectionId();
    proxy.fallSilent();
    await rejectionOf(connectionId());

    proxy.speak();

    const after = await connectionId();
    expect(after).not.toEqual(before);
    expect(await connectionId()).toEqual(after);
  });

  test('has undone a transaction that it was silent in, once it speaks again', async () => {
    const unitOfWork = new UnitOfWork(dataSource);

    const failure = await rejectionOf(
      unitOfWork.run(async (manager) => {
        await manager.query('UPDATE active_release SET revision = 77');
        proxy.fallSilent();
        await manager.query('UPDATE active_release SET revision = 78');
      }),
    );
    proxy.speak();

    expect(isDatabaseUnavailable(failure)).toBe(true);
    expect(await unitOfWork.execute('UPDATE active_release SET revision = revision + 1')).toBe(1);
    expect(await dataSource.query('SELECT revision FROM active_release')).toEqual([{ revision: 1 }]);
  });

  test('is not missed while nobody waits for it', async () => {
    const before = await connectionId();

    await sleep(2 * SILENT_MS);

    expect(await connectionId()).toEqual(before);
  });

  test('may take its time as long as rows arrive', async () => {
    const started = Date.now();

    // each row is more than what a server gathers before it sends
    const rows: unknown[] = await dataSource.query(
      `SELECT REPEAT('x', 40000) AS text, SLEEP(${SILENT_MS / 2000}) AS slept
         FROM (SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3 UNION ALL SELECT 4 UNION ALL SELECT 5) AS five`,
    );

    expect(rows).toHaveLength(5);
    expect(Date.now() - started).toBeGreaterThan(2 * SILENT_MS);
  });
});
