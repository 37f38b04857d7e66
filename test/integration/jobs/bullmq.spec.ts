import type { Queue } from 'bullmq';
import { JobDefinition, type JobRegistry, JobSchedules } from '@app/jobs';
import { BullmqEngine } from '../../../libs/jobs/src/adapters/bullmq/bullmq-engine';
import { BreakingProxy } from '../../support/breaking-proxy';
import { describeOnEveryServer } from '../../support/databases';
import { eventually } from '../../support/e2e/eventually';
import { Gate } from '../../support/gate';
import { SCHEDULE, type JobProcess } from '../../support/jobs/job-process';
import { jobsContract } from '../../support/jobs/jobs-contract';
import { useJobs } from '../../support/jobs/jobs-test-bed';
import { describeWithRedis, useRedis } from '../../support/redis';

const EVERY_SECOND = '* * * * * *';
const YEARLY = '0 0 1 1 *';

/** A Redis that the tests did not start is not theirs to take away. */
const testWithOwnRedis = process.env['TEST_REDIS_URL'] ? test.skip : test;

const noTick = (): Promise<void> => Promise.resolve();

/** The queue of the tests' jobs, as Redis holds it. */
function queueOf(process: JobProcess): Queue {
  const [queue] = process.engine.queues();
  return queue as Queue;
}

describeWithRedis('With Redis', () => {
  describeOnEveryServer('BullMQ', (database) => {
    const jobs = useJobs(database, 'bullmq');

    jobsContract(jobs);
  });

  describeOnEveryServer('Redis', (database) => {
    const jobs = useJobs(database, 'bullmq');

    /** Waits until jobs are completed, looking more often than usual for those that Redis lost. */
    const completed = async (runner: JobProcess, ids: readonly string[]): Promise<void> => {
      await eventually(
        'every job is completed',
        async () => {
          await runner.reconcile();
          const states = await Promise.all(ids.map(async (id) => (await jobs.find(id)).state));
          return states.every((state) => state === 'completed');
        },
        20_000,
      );
    };

    test('is told of the id of a job, and of nothing else about it', async () => {
      const asker = await jobs.asker();

      const id = await asker.askFor('secret', { subject: 'secret' });

      await eventually('Redis has the job', async () => (await queueOf(asker).count()) === 1, 5000);
      expect((await queueOf(asker).getJob(`${id}-0`))?.data).toEqual({ job_id: id });
    });

    test('forgets a job that was cancelled while it waited', async () => {
      const asker = await jobs.asker();
      const id = await asker.askFor('a');
      await eventually('Redis has the job', async () => (await queueOf(asker).count()) === 1, 5000);

      await asker.jobs.cancel(id);

      await eventually('Redis has no job', async () => (await queueOf(asker).count()) === 0, 5000);
    });

    test('may forget the jobs that wait: each runs all the same, and once', async () => {
      const gate = new Gate();
      jobs.site.work = async ({ payload: { label } }) => {
        await gate.opened;
        return { label };
      };
      const runner = await jobs.runner();
      const labels = ['a', 'b', 'c', 'd', 'e'];
      const ids = await Promise.all(labels.map((label) => runner.askFor(label)));
      await eventually('a job runs', () => Promise.resolve(jobs.site.runs.length === 1), 5000);

      await jobs.redis.flush();
      gate.open();

      await completed(runner, ids);
      expect(jobs.site.runs.map(({ payload }) => payload.label).toSorted()).toEqual(labels);
    });

    test('may be done with a job of which the ledger knows no end: it is handed over under another name', async () => {
      const runner = await jobs.runner();
      const id = await runner.askFor('a');
      await jobs.ended(id);
      await jobs.change("UPDATE jobs SET state = 'queued', finished_at = NULL WHERE id = ?", [id]);

      await completed(runner, [id]);

      expect(await jobs.find(id)).toMatchObject({ attempt: 2, handover: 1 });
    });

    testWithOwnRedis('may go away in the middle, and come back empty: all jobs run', async () => {
      const runner = await jobs.runner();
      const ids = await Promise.all(['a', 'b', 'c', 'd', 'e', 'f'].map((label) => runner.askFor(label)));
      await eventually('a job ran', () => Promise.resolve(jobs.site.runs.length > 0), 5000);

      await jobs.redis.stop();
      const later = await runner.askFor('g');
      await jobs.redis.start();

      await completed(runner, [...ids, later]);
    });

    testWithOwnRedis(
      'need not be there when a job is asked for: that is answered soon, and the job runs when it is back',
      async () => {
        const [runner, asker] = await Promise.all([jobs.runner(), jobs.asker()]);
        await asker.askFor('connected');
        await jobs.redis.stop();
        const asked = Date.now();

        const id = await asker.askFor('a');

        expect(Date.now() - asked).toBeLessThan(1500);
        expect((await jobs.find(id)).state).toBe('queued');
        expect(await asker.engine.state()).toBe('down');
        await jobs.redis.start();
        await completed(runner, [id]);
      },
    );

    testWithOwnRedis('need not be there when processes start', async () => {
      await jobs.redis.stop();
      const runner = await jobs.runner();
      const id = await runner.askFor('a');

      await jobs.redis.start();

      await completed(runner, [id]);
      expect(await runner.engine.state()).toBe('up');
    });

    test('holds a schedule once a process that has it looks after jobs, and again after it forgot it', async () => {
      const runner = await jobs.runner({ cron: YEARLY, tick: noTick });
      await runner.reconcile();
      const before = await queueOf(runner).getJobSchedulers();

      await jobs.redis.flush();
      await runner.reconcile();

      const after = await queueOf(runner).getJobSchedulers();
      expect(before).toMatchObject([{ key: SCHEDULE, pattern: YEARLY, tz: 'UTC' }]);
      expect(after).toMatchObject([{ key: SCHEDULE, pattern: YEARLY, tz: 'UTC' }]);
    });

    test.each([
      ['holds a schedule by its new times once they change', '0 4 * * 1', [{ key: SCHEDULE, pattern: '0 4 * * 1' }]],
      ['gives up a schedule once it is switched off', null, []],
    ])('%s', async (_, cron, kept) => {
      await (await jobs.runner({ cron: YEARLY, tick: noTick })).reconcile();

      const next = await jobs.runner({ cron, tick: noTick });
      await next.reconcile();

      const schedulers = await queueOf(next).getJobSchedulers();
      expect(schedulers).toHaveLength(kept.length);
      expect(schedulers).toMatchObject(kept);
    });

    test('brings each tick to one of two processes, and tells it the time that was meant', async () => {
      const ticks: number[] = [];
      const schedule = {
        cron: EVERY_SECOND,
        tick: (time: Date): Promise<void> => {
          ticks.push(time.getTime());
          return Promise.resolve();
        },
      };
      await Promise.all([jobs.runner(schedule), jobs.runner(schedule)]);

      await eventually('three ticks', () => Promise.resolve(ticks.length >= 3), 15_000);

      expect(new Set(ticks).size).toBe(ticks.length);
      expect(ticks.filter((time) => time % 1000 !== 0)).toEqual([]);
      expect(Math.abs(Date.now() - Number(ticks.at(-1)))).toBeLessThan(5000);
    });
  });

  describe('A connection that breaks as soon as it is there', () => {
    const redis = useRedis();

    test('is made again, and jobs are handed over by it', async () => {
      const server = await redis.start();
      const proxy = await BreakingProxy.before(server.url);
      const definition = new JobDefinition({ name: 'a-job', queue: 'a-queue', attempts: 1, backoffMs: 0 });
      const registry = { queues: () => ['a-queue'] } as unknown as JobRegistry;
      const engine = new BullmqEngine(proxy.url, false, registry, new JobSchedules());
      try {
        await eventually(
          'the job is handed over',
          () =>
            engine.handOver({ jobId: 'id', name: 'id-0', definition }).then(
              () => true,
              () => false,
            ),
          10_000,
        );

        expect(proxy.seen).toBeGreaterThan(1);
        expect(await engine.knows({ jobId: 'id', name: 'id-0', definition })).toBe('pending');
      } finally {
        await engine.onApplicationShutdown();
        await proxy.close();
      }
    });
  });
});
