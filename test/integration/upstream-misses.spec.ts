import { EVERYTHING, type RememberedMiss, type UnitOfWork, UpstreamMiss, UpstreamMissesService } from '@app/database';
import { describeOnEveryDatabase } from '../support/databases';
import { useIngestionApps } from '../support/ingestion-app';

const [CODE, OTHER] = ['11-1011.00', '15-1252.00'];
const HOUR_MS = 3600_000;
const ASKED_AT = new Date('2026-08-01T12:30:05.000Z');

const miss = (detail: string, forMs = HOUR_MS): RememberedMiss => ({
  reason: 'unknown',
  detail,
  askedAt: ASKED_AT,
  forMs,
});

describeOnEveryDatabase('What the Web Services could not give', (database) => {
  const apps = useIngestionApps();
  let url: string;
  let unitOfWork: UnitOfWork;
  let misses: UpstreamMissesService;

  beforeEach(async () => {
    url = await database.create();
    const app = await apps.open(url);
    ({ unitOfWork } = app);
    misses = app.get(UpstreamMissesService);
  });

  const open = async (): Promise<UpstreamMissesService> => (await apps.open(url)).get(UpstreamMissesService);

  const rows = (): Promise<UpstreamMiss[]> => unitOfWork.query((manager) => manager.find(UpstreamMiss));

  test('is remembered by every process, with how long it still is', async () => {
    await misses.remember(CODE, miss('There is none.'));

    const found = await (await open()).find([CODE, OTHER]);

    expect([...found.keys()]).toEqual([CODE]);
    const { forMs, ...rest } = found.get(CODE) ?? miss('nothing');
    expect(rest).toEqual({ reason: 'unknown', detail: 'There is none.', askedAt: ASKED_AT });
    expect(forMs).toBeGreaterThan(HOUR_MS - 60_000);
    expect(forMs).toBeLessThanOrEqual(HOUR_MS);
  });

  test('is forgotten when its time is over', async () => {
    await misses.remember(CODE, miss('There is none.', -1));
    await misses.remember(OTHER, miss('There is none.'));

    expect([...(await misses.find([CODE, OTHER])).keys()]).toEqual([OTHER]);
  });

  test('is replaced by what is learned later, whether that lasts longer or not', async () => {
    await misses.remember(CODE, miss('first', 2 * HOUR_MS));

    await misses.remember(CODE, { ...miss('second'), reason: 'unavailable' });

    const found = (await misses.find([CODE])).get(CODE);
    expect(found).toMatchObject({ reason: 'unavailable', detail: 'second' });
    expect(found?.forMs).toBeLessThanOrEqual(HOUR_MS);
  });

  test('of everything is found whatever is asked for', async () => {
    await misses.remember(EVERYTHING, miss('Nobody is there.'));

    expect((await misses.find([CODE])).get(EVERYTHING)?.detail).toBe('Nobody is there.');
  });

  test('of other occupations is not found', async () => {
    await misses.remember(OTHER, miss('There is none.'));

    expect((await misses.find([CODE])).size).toBe(0);
  });

  test('is learned by several processes at the same moment, and all of them go on', async () => {
    const processes: UpstreamMissesService[] = [misses, await open(), await open(), await open()];

    for (let round = 0; round < 10; round++) {
      await Promise.all(processes.map((process, index) => process.remember(CODE, miss(`by process ${index}`))));
      await Promise.all(processes.map((process, index) => process.remember(`15-12${round}${index}.00`, miss('other'))));
    }

    expect((await misses.find([CODE])).get(CODE)?.detail).toMatch(/^by process \d$/);
    expect(await rows()).toHaveLength(1 + 10 * processes.length);
  });

  test('is deleted once nobody needs to know it any more', async () => {
    await misses.remember(CODE, miss('There is none.', -1));
    await misses.remember(OTHER, miss('There is none.'));

    await misses.forgetOld();

    expect((await rows()).map(({ code }) => code)).toEqual([OTHER]);
  });
});
