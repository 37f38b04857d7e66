import { JobCancelledError } from '@app/jobs';
import type { JobsTestBed } from '../jobs-test-bed';
import { untilAborted } from '../work';

export function cancellingContract(jobs: JobsTestBed): void {
  test('while it waits is over at once, and never runs', async () => {
    const asker = await jobs.asker();
    const id = await asker.askFor('cancelled', { subject: 'the same' });

    const cancelled = await asker.jobs.cancel(id);

    expect(cancelled).toMatchObject({ state: 'cancelled', finishedAt: expect.any(Date) as Date });
    const runner = await jobs.runner();
    await jobs.ended(await runner.askFor('next', { subject: 'the same' }));
    expect(jobs.site.runs.map(({ payload }) => payload.label)).toEqual(['next']);
  });

  test('while it runs is told to stop, and is not repeated', async () => {
    jobs.site.work = untilAborted;
    const runner = await jobs.runner();
    const id = await runner.askFor('a');
    await jobs.until(id, () => jobs.site.runs.length === 1);

    await runner.jobs.cancel(id);

    expect(await jobs.ended(id)).toMatchObject({ state: 'cancelled', attempt: 1, failures: 0, errorCode: null });
    expect(jobs.site.lastRun.signal.reason).toBeInstanceOf(JobCancelledError);
  });

  test('while it runs in another process is told to stop', async () => {
    jobs.site.work = untilAborted;
    const [, asker] = await Promise.all([jobs.runner(), jobs.asker()]);
    const id = await asker.askFor('a');
    await jobs.until(id, () => jobs.site.runs.length === 1);

    await asker.jobs.cancel(id);

    expect(await jobs.ended(id)).toMatchObject({ state: 'cancelled', attempt: 1 });
    expect(jobs.site.lastRun.signal.reason).toBeInstanceOf(JobCancelledError);
  });

  test('but done before it took notice is completed', async () => {
    jobs.site.work = async (run) => {
      await untilAborted(run).catch(() => undefined);
      return { label: 'done all the same' };
    };
    const runner = await jobs.runner();
    const id = await runner.askFor('a');
    await jobs.until(id, () => jobs.site.runs.length === 1);

    await runner.jobs.cancel(id);

    expect(await jobs.ended(id)).toMatchObject({ state: 'completed', result: '{"label":"done all the same"}' });
  });

  test('while it pauses between two attempts is not repeated', async () => {
    jobs.site.work = () => Promise.reject(new Error('out of luck'));
    const runner = await jobs.runner();
    const id = await runner.askFor('a');
    await jobs.until(id, ({ state, failures }) => state === 'queued' && failures === 1);

    await runner.jobs.cancel(id);

    expect((await jobs.ended(id)).state).toBe('cancelled');
    await jobs.ended(await runner.askFor('next'));
    expect((await jobs.find(id)).state).toBe('cancelled');
  });

  test('after its process died is over without being begun again', async () => {
    const asker = await jobs.asker();
    const id = await asker.askFor('a');
    await jobs.leaveBehind(id);

    await asker.jobs.cancel(id);

    await jobs.runner();
    expect((await jobs.ended(id)).state).toBe('cancelled');
    expect(jobs.site.runs).toEqual([]);
  });

  test('can be run once more', async () => {
    const asker = await jobs.asker();
    const id = await asker.askFor('a');
    await asker.jobs.cancel(id);

    await asker.jobs.retry(id);

    await jobs.runner();
    expect((await jobs.ended(id)).state).toBe('completed');
  });

  test('when it is over stays what it is', async () => {
    const runner = await jobs.runner();
    const id = await runner.askFor('a');
    await jobs.ended(id);

    await expect(runner.jobs.cancel(id)).rejects.toMatchObject({
      code: 'CONFLICT',
      detail: `The job ${id} is completed and cannot be cancelled.`,
    });
    expect((await jobs.find(id)).state).toBe('completed');
  });

  test('that nobody knows is told to be unknown', async () => {
    const asker = await jobs.asker();

    await expect(asker.jobs.cancel('no-such-job')).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
}
