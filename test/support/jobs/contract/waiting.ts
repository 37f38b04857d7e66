import { setTimeout as delay } from 'node:timers/promises';
import type { Job } from '@app/database';
import { recordResult } from '@app/jobs';
import { Gate } from '../../gate';
import type { JobProcess } from '../job-process';
import type { JobsTestBed } from '../jobs-test-bed';
import { untilAborted } from '../work';

const hasResult = ({ result }: Job): boolean => result !== null;
const never = (): boolean => false;

export function waitingContract(jobs: JobsTestBed): void {
  const wait = async (
    process: JobProcess,
    id: string,
    holds: (job: Job) => boolean = never,
    signal = new AbortController().signal,
  ): Promise<Job | null> => process.watcher.until(await process.jobs.get(id), holds, signal);

  test('is told when it holds, whichever process works on it and goes on with it', async () => {
    const gate = new Gate();
    const [runner, asker] = await Promise.all([jobs.runner(), jobs.asker()]);
    jobs.site.work = async (run) => {
      await runner.unitOfWork.run((manager) => recordResult(manager, run, { label: 'early' }));
      await gate.opened;
      return { label: 'late' };
    };
    const id = await asker.askFor('a');

    const job = await wait(asker, id, hasResult);

    gate.open();
    expect(job).toMatchObject({ id, state: 'active', result: '{"label":"early"}' });
    expect(await jobs.ended(id)).toMatchObject({ result: '{"label":"late"}' });
  });

  test('is told of its end where it never holds', async () => {
    const runner = await jobs.runner();

    const job = await wait(runner, await runner.askFor('a'));

    expect(job?.state).toBe('completed');
  });

  test('is told at once where it holds already, and nobody looks', async () => {
    const asker = await jobs.asker();
    const look = jest.spyOn(asker.ledger, 'findAll');

    const job = await wait(asker, await asker.askFor('a'), ({ state }) => state === 'queued');

    expect([job?.state, look.mock.calls]).toEqual(['queued', []]);
  });

  test('is told of nothing where the job is forgotten', async () => {
    const asker = await jobs.asker();
    const id = await asker.askFor('a');
    const waiting = wait(asker, id);
    await delay(300);

    await jobs.change('DELETE FROM jobs WHERE id = ?', [id]);

    expect(await waiting).toBeNull();
  });

  test('stops when it wants to, while others go on', async () => {
    jobs.site.work = untilAborted;
    const runner = await jobs.runner();
    const id = await runner.askFor('a');
    const stop = new AbortController();
    const [stopped, going] = [wait(runner, id, never, stop.signal), wait(runner, id)];
    await jobs.until(id, ({ state }) => state === 'active');

    stop.abort();

    expect(await stopped).toBeNull();
    await runner.jobs.cancel(id);
    expect((await going)?.state).toBe('cancelled');
  });

  test('does not begin where it does not want to any more', async () => {
    const asker = await jobs.asker();

    expect(await wait(asker, await asker.askFor('a'), never, AbortSignal.abort())).toBeNull();
  });

  test('goes on while the ledger cannot be read', async () => {
    const gate = new Gate();
    jobs.site.work = async () => {
      await gate.opened;
      return { label: 'late' };
    };
    const runner = await jobs.runner();
    const look = jest.spyOn(runner.ledger, 'findAll').mockRejectedValueOnce(new Error('out of luck'));

    const waiting = wait(runner, await runner.askFor('a'));
    // several looks: it is not over before there was one
    await delay(300);
    gate.open();

    expect((await waiting)?.state).toBe('completed');
    expect(look.mock.calls.length).toBeGreaterThan(1);
  });

  test('is let go when the process ends', async () => {
    const asker = await jobs.asker();
    const waiting = wait(asker, await asker.askFor('a'));
    await delay(300);

    await asker.close();

    expect(await waiting).toBeNull();
  });

  test('leaves the ledger alone when nobody waits any more', async () => {
    const asker = await jobs.asker();
    const look = jest.spyOn(asker.ledger, 'findAll');
    const stop = new AbortController();
    const waiting = wait(asker, await asker.askFor('a'), never, stop.signal);
    await delay(500);
    const looks = look.mock.calls.length;
    stop.abort();
    await waiting;
    await delay(200);
    look.mockClear();
    await delay(1000);

    expect(looks).toBeGreaterThan(1);
    expect(look).not.toHaveBeenCalled();
  });
}
