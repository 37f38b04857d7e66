import { HttpService } from '@nestjs/axios';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { DataSource } from 'typeorm';
import { ConfigModule, toConfig, type Environment, type OnetApiConfig } from '@app/config';
import { DatabaseModule, UnitOfWork } from '@app/database';
import { Metrics } from '@app/metrics';
import { OnetClient, OnetClientModule, OnetLimitedError } from '@app/onet-client';
import { RequestBudget } from '../../libs/onet-client/src/budget/request-budget';
import { RequestPace } from '../../libs/onet-client/src/budget/request-pace';
import { OnetRequests } from '../../libs/onet-client/src/requests/onet-requests';
import { TABLES_REQUEST } from '../../libs/onet-client/src/requests/onet-request';
import { useDataSources } from '../support/data-sources';
import { describeOnEveryDatabase } from '../support/databases';
import { directHttp, onetConfig, V2 } from '../support/onet-client';
import { useStubServer } from '../support/stub-server';
import { rejectionOf } from '../support/thrown-by';

const NAME = 'onet-web-services';
/** When a slot is free that somebody else has far ahead. */
const FAR_MS = 60_000;
/** Much sooner than that, on a busy machine. */
const LATE_MS = 10_000;
const { signal } = new AbortController();

const today = (): string => new Date().toISOString().slice(0, 10);

/** The most of these times that fall into any one second. */
function mostInASecond(times: readonly number[]): number {
  return Math.max(...times.map((from) => times.filter((time) => time >= from && time < from + 1000).length));
}

describeOnEveryDatabase('The budget of requests to the Web Services', (database) => {
  const dataSources = useDataSources();
  const server = useStubServer();
  let url: string;
  let dataSource: DataSource;
  let unitOfWork: UnitOfWork;

  beforeEach(async () => {
    url = await database.create();
    dataSource = await dataSources.open(url);
    unitOfWork = new UnitOfWork(dataSource);
  });

  const budget = (api: Partial<OnetApiConfig>, on = unitOfWork): RequestBudget =>
    new RequestBudget(onetConfig(V2, api), on);

  /** As three processes would have them. */
  const threeUnitsOfWork = async (): Promise<UnitOfWork[]> => {
    const others = [await dataSources.open(url), await dataSources.open(url)];
    return [unitOfWork, ...others.map((other) => new UnitOfWork(other))];
  };

  const counters = (): Promise<{ day: string; name: string; count: number }[]> =>
    dataSource.query('SELECT day, name, count FROM usage_counters ORDER BY day');

  const paces = (): Promise<{ name: string; slots: string }[]> =>
    dataSource.query('SELECT name, slots FROM upstream_pace');

  const setSlot = (agoMs: number): Promise<number> =>
    unitOfWork.execute(`INSERT INTO upstream_pace (name, slots) VALUES (?, ${unitOfWork.nowMs} - ?)`, [NAME, agoMs]);

  test('lets at most five go in any second, whichever process asks', async () => {
    const three = (await threeUnitsOfWork()).map((each) => new RequestPace(each, NAME, 5));

    const slots = await Promise.all(Array.from({ length: 40 }, (_, index) => three[index % 3]!.reserve()));

    const times = slots.map(({ at }) => at).sort((a, b) => a - b);
    expect(mostInASecond(times)).toBe(5);
    // eight fives: nobody waits for longer than that takes
    expect(times.at(-1)! - times[0]!).toBeLessThan(8 * 1200);
  });

  test('lets five go at once', async () => {
    const pace = new RequestPace(unitOfWork, NAME, 5);

    const slots = await Promise.all([1, 2, 3, 4, 5].map(() => pace.reserve()));

    const now = performance.now();
    expect(slots.filter(({ dueAt }) => dueAt > now)).toEqual([]);
  });

  test('lets the next one wait for its time', async () => {
    await setSlot(800);
    const begun = performance.now();

    await budget({ requestsPerSecond: 1 }).take(signal);

    const waitedMs = performance.now() - begun;
    expect(waitedMs).toBeGreaterThan(150);
    expect(waitedMs).toBeLessThan(LATE_MS);
  });

  test('ends a wait at once, with the reason for which it is called off', async () => {
    await setSlot(-FAR_MS);
    const reason = new Error('The job was cancelled');
    const controller = new AbortController();
    const waiting = rejectionOf(budget({ requestsPerSecond: 1 }).take(controller.signal));
    const begun = performance.now();

    controller.abort(reason);

    expect(await waiting).toBe(reason);
    expect(performance.now() - begun).toBeLessThan(LATE_MS);
  });

  test('ends the wait for a slot that it has, too', async () => {
    await setSlot(-FAR_MS);
    const reason = new Error('The job was cancelled');
    const controller = new AbortController();
    const execute = unitOfWork.execute.bind(unitOfWork);
    jest.spyOn(unitOfWork, 'execute').mockImplementation(async (statement, parameters) => {
      const changed = await execute(statement, parameters);
      if (statement.includes('upstream_pace'))
        setTimeout(() => {
          controller.abort(reason);
        }, 20);
      return changed;
    });
    const begun = performance.now();

    expect(await rejectionOf(budget({ requestsPerSecond: 1 }).take(controller.signal))).toBe(reason);
    expect(performance.now() - begun).toBeLessThan(LATE_MS);
  });

  test('takes another slot where the first one came too late', async () => {
    const execute = unitOfWork.execute.bind(unitOfWork);
    let slow = true;
    jest.spyOn(unitOfWork, 'execute').mockImplementation(async (statement, parameters) => {
      const changed = await execute(statement, parameters);
      if (slow && statement.startsWith('UPDATE upstream_pace')) {
        slow = false;
        await new Promise((resolve) => setTimeout(resolve, 60));
      }
      return changed;
    });

    await budget({ requestsPerSecond: 5 }).take(signal);

    const [pace] = await paces();
    expect(pace?.slots.split(',')).toHaveLength(2);
  });

  test('begins by itself', async () => {
    await budget({}).take(signal);

    expect(await counters()).toEqual([{ day: today(), name: NAME, count: 1 }]);
    expect(await paces()).toEqual([{ name: NAME, slots: expect.stringMatching(/^\d{13}$/) as string }]);
  });

  test('keeps no pace where there is none', async () => {
    await budget({ requestsPerSecond: 0 }).take(signal);

    expect(await paces()).toEqual([]);
  });

  test('never counts beyond what is allowed a day, whichever process asks', async () => {
    const limits = { requestsPerSecond: 0, requestsPerDay: 20 };
    const three = (await threeUnitsOfWork()).map((each) => budget(limits, each));

    const taken = await Promise.allSettled(
      Array.from({ length: 40 }, (_, index) => three[index % 3]!.take(new AbortController().signal)),
    );

    const refused = taken.filter((one) => one.status === 'rejected').map(({ reason }) => reason as unknown);
    expect(refused).toHaveLength(20);
    expect(refused.every((error) => error instanceof OnetLimitedError)).toBe(true);
    expect(await counters()).toMatchObject([{ count: 20 }]);
  });

  test('tells where the day is used up when the next one begins', async () => {
    const error = await rejectionOf(budget({ requestsPerDay: 0 }).take(signal));

    const untilMidnight = 86_400_000 - (Date.now() % 86_400_000);
    expect(error).toMatchObject({ kind: 'limited' });
    expect(Math.abs((error as OnetLimitedError).retryAfterMs - untilMidnight)).toBeLessThan(5000);
  });

  test('begins anew each day', async () => {
    await dataSource.query("INSERT INTO usage_counters (day, name, count) VALUES ('2026-01-01', ?, 1)", [NAME]);

    await budget({ requestsPerDay: 1 }).take(signal);

    expect(await counters()).toMatchObject([{ day: '2026-01-01' }, { day: today(), count: 1 }]);
  });

  test('lets no request go that cannot be counted', async () => {
    await dataSource.query('DROP TABLE usage_counters');
    const config = onetConfig({ ...V2, ONET_API_BASE_URL: server.url });
    const requests = new OnetRequests(config, directHttp(), new RequestBudget(config, unitOfWork), new Metrics());

    await expect(requests.get(TABLES_REQUEST, signal)).rejects.toThrow(/usage_counters/);

    expect(server.requests).toEqual([]);
  });

  test('is what a client of the application uses', async () => {
    server.answer((_request, response) => response.writeHead(401).end());

    const error = await inApplication({ ...V2, ONET_API_BASE_URL: server.url }, (client) => {
      return rejectionOf(client.check(signal));
    });

    expect(error).toMatchObject({ kind: 'bad-credentials' });
    expect(await counters()).toMatchObject([{ count: 1 }]);
  });

  test('is not needed in an application without credentials', async () => {
    expect(await inApplication({}, (client) => client.configured)).toBe(false);
    expect(await inApplication({}, (client) => rejectionOf(client.check(signal)))).toMatchObject({
      kind: 'not-configured',
    });
  });

  async function inApplication<T>(environment: Environment, work: (client: OnetClient) => T | Promise<T>): Promise<T> {
    const config = toConfig({ ...environment, DATABASE_URL: url });
    const module = {
      module: OnetAppModule,
      imports: [ConfigModule.forRoot(config), DatabaseModule.forRoot(config.database), OnetClientModule],
    };
    const context = await NestFactory.createApplicationContext(module, { logger: false, abortOnError: false });
    // the server is on this machine, whatever proxy the environment names
    context.get(HttpService, { strict: false }).axiosRef.defaults.proxy = false;
    try {
      return await work(context.get(OnetClient));
    } finally {
      await context.close();
    }
  }
});

@Module({})
class OnetAppModule {}
