import { setTimeout as delay } from 'node:timers/promises';
import type { Job } from '@app/database';
import { Gate } from '../../gate';
import type { JobProcess } from '../job-process';
import type { JobsTestBed } from '../jobs-test-bed';
import { untilAborted } from '../work';

const FOR_MS = 2500;
const STEPS = 100;

async function follow(process: JobProcess, id: string, signal = new AbortController().signal): Promise<Job[]> {
  const seen: Job[] = [];
  for await (const job of process.watcher.follow(await process.jobs.get(id), signal)) seen.push(job);
  return seen;
}

export function followingContract(jobs: JobsTestBed): void {
  test('sees in another process how far it is, written at most once a second, and its end', async () => {
    jobs.site.work = async ({ progress }) => {
      for (let done = 1; done <= STEPS; done++) {
        progress({ stage: 'working', done, total: STEPS });
        await delay(FOR_MS / STEPS);
      }
      return { label: 'a' };
    };
    const [runner, asker] = await Promise.all([jobs.runner(), jobs.asker()]);
    const renew = jest.spyOn(runner.ledger, 'renew');
    const id = await runner.askFor('a');

    const seen = await follow(asker, id);

    const { startedAt, finishedAt } = await jobs.find(id);
    const seconds = (Number(finishedAt) - Number(startedAt)) / 1000;
    expect(renew.mock.calls.length).toBeLessThanOrEqual(Math.ceil(seconds));
    const onTheWay = seen.filter(({ state, progressDone }) => state === 'active' && (progressDone ?? 0) > 0);
    expect(onTheWay).toContainEqual(expect.objectContaining({ progressStage: 'working', progressTotal: STEPS }));
    expect(seen.at(-1)).toMatchObject({ state: 'completed', progressStage: 'working', progressDone: STEPS });
  });

  test('is told of a total that nobody knows as of none', async () => {
    jobs.site.work = ({ progress }) => {
      progress({ stage: 'downloading', done: 5_000_000_000, total: null });
      return Promise.resolve({ label: 'a' });
    };
    const runner = await jobs.runner();

    const seen = await follow(runner, await runner.askFor('a'));

    expect(seen.at(-1)).toMatchObject({
      progressStage: 'downloading',
      progressDone: 5_000_000_000,
      progressTotal: null,
    });
  });

  test('is told at once and alone of one that is over', async () => {
    const runner = await jobs.runner();
    const id = await runner.askFor('a');
    await jobs.ended(id);

    const seen = await follow(runner, id);

    expect(seen.map(({ state }) => state)).toEqual(['completed']);
  });

  test('is told of every attempt', async () => {
    const gate = new Gate();
    jobs.site.work = async ({ attempt, payload: { label } }) => {
      if (attempt === 1) throw new Error('out of luck');
      await gate.opened;
      return { label };
    };
    const runner = await jobs.runner();
    const id = await runner.askFor('a');
    const following = follow(runner, id);
    await jobs.until(id, ({ attempt, state }) => attempt === 2 && state === 'active');
    await delay(1000);

    gate.open();

    const seen = await following;
    expect(seen).toContainEqual(expect.objectContaining({ state: 'active', attempt: 2, errorCode: 'INTERNAL' }));
    expect(seen.at(-1)?.state).toBe('completed');
  });

  test('stops when it wants to, while others go on', async () => {
    jobs.site.work = untilAborted;
    const runner = await jobs.runner();
    const id = await runner.askFor('a');
    const stop = new AbortController();
    const [stopped, going] = [follow(runner, id, stop.signal), follow(runner, id)];
    await jobs.until(id, ({ state }) => state === 'active');

    stop.abort();

    expect((await stopped).at(-1)?.state).not.toBe('cancelled');
    await runner.jobs.cancel(id);
    expect((await going).at(-1)?.state).toBe('cancelled');
  });

  test('is let go when the process ends', async () => {
    const asker = await jobs.asker();
    const id = await asker.askFor('a');
    const changes = asker.watcher.follow(await asker.jobs.get(id), new AbortController().signal);
    await changes.next();
    const next = changes.next();

    await asker.close();

    expect(await next).toEqual({ done: true, value: undefined });
  });
}
