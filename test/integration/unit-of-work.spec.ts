import { setTimeout as delay } from 'node:timers/promises';
import type { DataSource, EntityManager } from 'typeorm';
import { isDatabaseUnavailable, UnitOfWork } from '@app/database';
import { useApplicationProcesses } from '../support/application-processes';
import { useDataSources } from '../support/data-sources';
import { describeOnEveryDatabase } from '../support/databases';
import { eventually } from '../support/e2e/eventually';
import { Gate } from '../support/gate';

const JOB_COLUMNS = [
  ...['id', 'type', 'queue', 'place', 'payload', 'state', 'attempt', 'failures', 'handover', 'cancel_requested'],
  ...['requested_by', 'created_at'],
];
const A_JOB = ['import-release', 'ingestion', 'queue', '{}', 'completed', 1, 0, 0, 0, 'a test', '2026-01-01 00:00:00'];

const COLUMNS = ['version', 'label', 'source', 'status'];

function versions(from: EntityManager | DataSource): Promise<string[]> {
  return from
    .query<{ version: string }[]>('SELECT version FROM releases ORDER BY id')
    .then((rows) => rows.map(({ version }) => version));
}

describeOnEveryDatabase('A unit of work', (database) => {
  const dataSources = useDataSources();
  const processes = useApplicationProcesses();
  let url: string;
  let dataSource: DataSource;
  let unitOfWork: UnitOfWork;

  beforeEach(async () => {
    url = await database.create();
    dataSource = await dataSources.open(url);
    unitOfWork = new UnitOfWork(dataSource);
  });

  const add = (manager: EntityManager, ...added: string[]): Promise<void> =>
    unitOfWork.insertRows(
      manager,
      'releases',
      COLUMNS,
      added.map((version) => [version, 'made up', 'text', 'failed']),
    );

  test('is committed when its work is done, and hands on what the work returns', async () => {
    const returned = await unitOfWork.run(async (manager) => {
      await add(manager, '1.0', '2.0');
      return 'done';
    });

    expect(returned).toBe('done');
    expect(await versions(await dataSources.open(url))).toEqual(['1.0', '2.0']);
  });

  test('is rolled back whole when its work fails, and fails with the same error', async () => {
    const failure = new Error('no');

    const run = unitOfWork.run(async (manager) => {
      await add(manager, '1.0');
      await manager.query('UPDATE active_release SET revision = 9');
      throw failure;
    });

    await expect(run).rejects.toBe(failure);
    expect(await versions(dataSource)).toEqual([]);
    expect(await dataSource.query('SELECT revision FROM active_release')).toEqual([{ revision: 0 }]);
  });

  test('is rolled back when one of many rows is refused', async () => {
    const rows = Array.from({ length: 2500 }, (_, index) => [index < 2499 ? index + 1 : 1, '1', 'l', 'text', 'failed']);

    const run = unitOfWork.run((manager) => unitOfWork.insertRows(manager, 'releases', ['id', ...COLUMNS], rows));

    await expect(run).rejects.toThrow(/unique constraint failed|duplicate entry/i);
    expect(await versions(dataSource)).toEqual([]);
  });

  test('inserts more rows than fit one statement, with nulls and any text', async () => {
    const texts = [null, '', `quote ' " \\ %`, 'tab\tand\nline', '🍰'];
    const rows = Array.from({ length: 2500 }, (_, index) => [index + 1, 'v', `${index}`, 'text', null, 'failed']);
    await unitOfWork.run(async (manager) => {
      await unitOfWork.insertRows(
        manager,
        'releases',
        ['id', 'version', 'label', 'source', 'checksum', 'status'],
        rows,
      );
      await unitOfWork.insertRows(
        manager,
        'jobs',
        [...JOB_COLUMNS, 'result'],
        texts.map((text, index) => [`j${index}`, ...A_JOB, text]),
      );
    });

    const found = await dataSource.query<{ result: string | null }[]>('SELECT result FROM jobs ORDER BY id');
    const labels = await dataSource.query<{ label: string }[]>('SELECT label FROM releases ORDER BY id');

    expect(found.map(({ result }) => result)).toEqual(texts);
    expect(labels.map(({ label }) => label)).toEqual(rows.map(([, , label]) => label));
  });

  test('does not lose its rows when another one, open at the same time, is rolled back', async () => {
    const inside = new Gate();
    const proceed = new Gate();
    const failing = unitOfWork.run(async (manager) => {
      await add(manager, 'lost');
      inside.open();
      await proceed.opened;
      throw new Error('no');
    });
    await inside.opened;

    const succeeding = unitOfWork.run((manager) => add(manager, 'kept'));
    // time enough to join the open transaction, if it were to do that
    await Promise.race([succeeding, delay(100)]);
    proceed.open();

    await expect(failing).rejects.toThrow('no');
    await succeeding;
    expect(await versions(dataSource)).toEqual(['kept']);
  });

  test('is not seen by a reader before it is committed', async () => {
    const inside = new Gate();
    const proceed = new Gate();
    const writing = unitOfWork.run(async (manager) => {
      await add(manager, '1.0');
      inside.open();
      await proceed.opened;
    });
    await inside.opened;

    const other = await new UnitOfWork(await dataSources.open(url)).read(versions);
    proceed.open();
    await writing;

    expect(other).toEqual([]);
    expect(await unitOfWork.read(versions)).toEqual(['1.0']);
  });

  test.each(['run', 'read'] as const)('refuses another one inside, by %s, and is rolled back for it', async (inner) => {
    const nested = unitOfWork.run(async (manager) => {
      await add(manager, '1.0');
      await unitOfWork[inner](() => Promise.resolve());
    });

    await expect(nested).rejects.toThrow('A unit of work must not be opened inside another');
    expect(await versions(dataSource)).toEqual([]);
  });

  test('leaves nothing behind that would keep later ones from working, however many fail', async () => {
    for (let i = 0; i < 15; i++) {
      await expect(unitOfWork.run(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
      await expect(
        unitOfWork.read((manager) => manager.query('SELECT no_such_column FROM releases')),
      ).rejects.toThrow();
    }

    await unitOfWork.run((manager) => add(manager, '1.0'));

    expect(await versions(dataSource)).toEqual(['1.0']);
  });

  test('runs fifty at once to their end', async () => {
    await Promise.all(
      Array.from({ length: 50 }, (_, index) => unitOfWork.run((manager) => add(manager, String(index)))),
    );

    expect(new Set(await versions(dataSource)).size).toBe(50);
  });

  test('reads one unchanging view, whatever another process commits meanwhile', async () => {
    const other = await dataSources.open(url);

    const [before, after] = await unitOfWork.read(async (manager) => {
      const first = await versions(manager);
      await new UnitOfWork(other).run((otherManager) => add(otherManager, '1.0'));
      return [first, await versions(manager)];
    });

    expect([before, after]).toEqual([[], []]);
    expect(await unitOfWork.read(versions)).toEqual(['1.0']);
  });

  if (database.engine !== 'sqlite') {
    test('is ended by the server where its process is silent in its middle, and frees what it has locked', async () => {
      const inside = new Gate();
      const proceed = new Gate();
      const frozen = unitOfWork
        .run(async (manager) => {
          await manager.query('UPDATE active_release SET revision = 7');
          inside.open();
          await proceed.opened;
          await manager.query('UPDATE active_release SET revision = 8');
        })
        .then(
          () => 'committed',
          (error: unknown) => error,
        );
      await inside.opened;
      const other = new UnitOfWork(await dataSources.open(url));

      await eventually(
        'another one gets the lock',
        async () => (await other.execute('UPDATE active_release SET revision = 9').catch(() => 0)) === 1,
        15_000,
      );
      proceed.open();

      expect(await frozen.then(isDatabaseUnavailable)).toBe(true);
      expect(await unitOfWork.query((manager) => manager.query('SELECT revision FROM active_release'))).toEqual([
        { revision: 9 },
      ]);
    });

    test('of one statement is run again where it and another one wait for each other, and has its turn', async () => {
      const many = Array.from({ length: 200 }, (_, n) => `${n + 1}.0`);
      await unitOfWork.run((manager) => add(manager, ...many));
      const other = new UnitOfWork(await dataSources.open(url));
      const inside = new Gate();
      const proceed = new Gate();
      // has changed more, so that the server ends the other one
      const large = other.run(async (manager) => {
        await manager.query("UPDATE releases SET label = 'large' WHERE id >= 5");
        inside.open();
        await proceed.opened;
        await manager.query("UPDATE releases SET label = 'large' WHERE id = 1");
      });
      await inside.opened;

      const small = unitOfWork.execute("UPDATE releases SET label = 'small' WHERE id <= 5");
      await eventually(
        'it waits',
        async () => {
          // InnoDB shows what it has shown already to whoever looks again within a tenth of a second
          await delay(300);
          const waiting = await dataSource.query<unknown[]>(
            "SELECT 1 FROM information_schema.innodb_trx WHERE trx_state = 'LOCK WAIT'",
          );
          return waiting.length > 0;
        },
        10_000,
      );
      proceed.open();

      await large;
      expect(await small).toBe(5);
      const labels = await dataSource.query<{ label: string; n: string | number }[]>(
        'SELECT label, COUNT(*) AS n FROM releases GROUP BY label ORDER BY label',
      );
      expect(labels.map(({ label, n }) => [label, Number(n)])).toEqual([
        ['large', 195],
        ['small', 5],
      ]);
    });

    test('lets a connection be idle for longer once it is done', async () => {
      const ask = 'SELECT @@SESSION.wait_timeout = @@GLOBAL.wait_timeout AS usual';
      const during = await unitOfWork.run((manager) => manager.query<{ usual: number }[]>(ask));
      await expect(unitOfWork.run(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
      const after = await unitOfWork.query((manager) => manager.query<{ usual: number }[]>(ask));

      expect([Number(during[0]?.usual), Number(after[0]?.usual)]).toEqual([0, 1]);
    });
  }

  if (database.engine === 'sqlite') {
    test('takes turns with those of other processes, from its first read on', async () => {
      const started = [1, 2, 3].map(() => processes.start('count-up', url, '40'));

      expect(await Promise.all(started.map((running) => running.end()))).toEqual(['0', '0', '0']);
      expect(await dataSource.query('SELECT revision FROM active_release')).toEqual([{ revision: 120 }]);
    });
  }
});
