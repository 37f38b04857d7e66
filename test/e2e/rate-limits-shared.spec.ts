import { describeOnEveryServer } from '../support/databases';
import { eventually } from '../support/e2e/eventually';
import { useProcesses, type ServingApi } from '../support/e2e/processes';
import type { RedisServer } from '../support/engines';
import { MuteServer } from '../support/mute-server';
import { describeWithRedis, testOnOwnRedis, useRedis } from '../support/redis';

const GAP = '/api/v1/skill-gap?from=11-1011.00&to=11-3013.00';
const LIMIT = 10;
const BACK_WITHIN_MS = 15_000;
/** Of a request that nobody can count, on a busy machine. */
const QUICK_MS = 500;

describeWithRedis('The limit of requests of several api processes', () => {
  describeOnEveryServer('on a database server', (database) => {
    const processes = useProcesses();
    const redises = useRedis();

    async function startApis(count: number, redisUrl: string): Promise<ServingApi[]> {
      const databaseUrl = await database.create();
      const environment = { REDIS_URL: redisUrl, RATE_LIMIT_PER_MINUTE: String(LIMIT), TRUST_PROXY: 'loopback' };
      const apis: ServingApi[] = [];
      for (let one = 0; one < count; one++) apis.push(await processes.startApi({ databaseUrl, environment }));
      await Promise.all(apis.map(({ client }) => client.contract()));
      return apis;
    }

    /** Statuses of requests of one client, to all processes in turn. */
    async function ask(apis: readonly ServingApi[], times: number, client: string): Promise<number[]> {
      const statuses: number[] = [];
      for (let time = 0; time < times; time++) {
        const answer = await apis[time % apis.length]?.client.get(GAP, { 'x-forwarded-for': client });
        statuses.push(answer?.status ?? 0);
      }
      return statuses;
    }

    test('is one for all of them together', async () => {
      const redis = await redises.start();
      const apis = await startApis(2, redis.url);

      const statuses = await ask(apis, LIMIT + 4, '192.0.2.1');
      const other = await ask(apis, 2, '192.0.2.2');

      expect(statuses).toEqual([...Array.from({ length: LIMIT }, () => 200), 429, 429, 429, 429]);
      expect(other).toEqual([200, 200]);
    });

    testOnOwnRedis('keeps nobody from being answered while Redis is away, and is back with it', async () => {
      const redis: RedisServer = await redises.start();
      const apis = await startApis(1, redis.url);
      const before = await ask(apis, LIMIT + 1, '192.0.2.1');

      await redis.stop();
      const without = await ask(apis, LIMIT * 3, '192.0.2.1');
      await redis.start();
      await eventually(
        'requests are counted again',
        async () => (await apis[0]?.client.get(GAP))?.header('ratelimit-limit') !== undefined,
        BACK_WITHIN_MS,
      );
      const after = await ask(apis, LIMIT + 1, '192.0.2.3');

      expect(before.at(-1)).toBe(429);
      expect(new Set(without)).toEqual(new Set([200]));
      expect([after[0], after.at(-1)]).toEqual([200, 429]);
      const said = apis[0]?.process.stdout.match(/Requests are (let through uncounted|counted again)/g);
      expect(said).toEqual(['Requests are let through uncounted', 'Requests are counted again']);
    });

    test('keeps nobody waiting where Redis takes connections and says nothing', async () => {
      const mute = await MuteServer.start();
      try {
        const apis = await startApis(1, `redis://127.0.0.1:${mute.port}`);

        const times: number[] = [];
        for (let time = 0; time < LIMIT * 3; time++) {
          const begun = performance.now();
          const [status] = await ask(apis, 1, '192.0.2.1');
          times.push(performance.now() - begun);
          expect(status).toBe(200);
        }

        expect(Math.max(...times)).toBeLessThan(QUICK_MS);
      } finally {
        await mute.close();
      }
    });
  });
});
