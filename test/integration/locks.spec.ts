import { createConnection, type RowDataPacket } from 'mysql2/promise';
import { LockService } from '@app/database';
import { useApplicationProcesses } from '../support/application-processes';
import { useDataSources } from '../support/data-sources';
import { describeOnEveryDatabase, describeOnEveryServer } from '../support/databases';
import { Gate } from '../support/gate';

const done = (): Promise<string> => Promise.resolve('done');

describeOnEveryDatabase('A lock between processes', (database) => {
  const dataSources = useDataSources();
  const processes = useApplicationProcesses();
  const open = async (url: string): Promise<LockService> => new LockService(await dataSources.open(url));

  test('is refused while another process holds it, and to be had afterwards', async () => {
    const url = await database.create();
    const [holder, other] = [await open(url), await open(url)];

    const meanwhile = await holder.tryWithLock('first-load', async () => [await other.tryWithLock('first-load', done)]);

    expect(meanwhile).toEqual([null]);
    expect(await other.tryWithLock('first-load', done)).toBe('done');
  });

  test('is refused to the process that holds it already', async () => {
    const locks = await open(await database.create());

    const inside = await locks.tryWithLock('first-load', async () => [await locks.tryWithLock('first-load', done)]);

    expect(inside).toEqual([null]);
  });

  test('goes to one of many that ask at the same time', async () => {
    const url = await database.create();
    const asking = await Promise.all([1, 2, 3, 4].map(() => open(url)));
    const allOthersRefused = new Gate();
    let refused = 0;

    const answers = await Promise.all(
      asking.map(async (locks) => {
        const answer = await locks.tryWithLock('first-load', async () => {
          await allOthersRefused.opened;
          return 'held';
        });
        if (answer === null && ++refused === 3) allOthersRefused.open();
        return answer;
      }),
    );

    expect(answers.filter((answer) => answer === 'held')).toHaveLength(1);
  });

  test('does not stand in the way of another name or another database', async () => {
    const url = await database.create();
    const [holder, other, elsewhere] = [await open(url), await open(url), await open(await database.create())];

    const meanwhile = await holder.withLock('first-load', async () => [
      await other.tryWithLock('migrations', done),
      await elsewhere.tryWithLock('first-load', done),
    ]);

    expect(meanwhile).toEqual(['done', 'done']);
  });

  test('is let go of when the work fails', async () => {
    const url = await database.create();
    const [holder, other] = [await open(url), await open(url)];

    const failing = holder.tryWithLock('first-load', () => Promise.reject(new Error('no')));

    await expect(failing).rejects.toThrow('no');
    expect(await other.tryWithLock('first-load', done)).toBe('done');
  });

  test('is waited for', async () => {
    const url = await database.create();
    const [holder, other] = [await open(url), await open(url)];
    const order: string[] = [];
    let waiting: Promise<unknown> | undefined;

    await holder.withLock('first-load', async () => {
      waiting = other.withLock('first-load', () => Promise.resolve(order.push('second')));
      await other.tryWithLock('first-load', done);
      order.push('first');
    });
    await waiting;

    expect(order).toEqual(['first', 'second']);
  });

  test('goes when the process that holds it is killed', async () => {
    const url = await database.create();
    const locks = await open(url);
    const holder = processes.start('hold-lock', url);
    await holder.ready();
    const whileItLived = await locks.tryWithLock('first-load', done);

    await holder.kill();

    expect(whileItLived).toBeNull();
    expect(await locks.withLock('first-load', done)).toBe('done');
  });
});

describeOnEveryServer('A lock whose connection is cut', (database) => {
  const dataSources = useDataSources();
  let url: string;
  let locks: LockService;

  beforeEach(async () => {
    url = await database.create();
    locks = new LockService(await dataSources.open(url));
  });

  const cutConnections = async (): Promise<void> => {
    const admin = await createConnection(url);
    const [rows] = await admin.query<RowDataPacket[]>(
      'SELECT ID AS id FROM information_schema.PROCESSLIST WHERE DB = DATABASE() AND ID <> CONNECTION_ID()',
    );
    for (const row of rows) await admin.query(`KILL ${String(row['id'])}`);
    await admin.end();
  };

  test('goes to the next one that asks', async () => {
    let taken: string | null = null;

    const holding = locks.withLock('first-load', async () => {
      await cutConnections();
      const other = new LockService(await dataSources.open(url));
      taken = await other.withLock('first-load', done);
    });

    await holding.catch(() => undefined);
    expect(taken).toBe('done');
  });

  test('does not hide what the work returned', async () => {
    const holding = locks.withLock('first-load', async () => {
      await cutConnections();
      return 'done';
    });

    await expect(holding).resolves.toBe('done');
  });

  test('does not hide why the work failed', async () => {
    const holding = locks.withLock('first-load', async () => {
      await cutConnections();
      throw new Error('the real reason');
    });

    await expect(holding).rejects.toThrow('the real reason');
  });
});
