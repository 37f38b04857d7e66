import { JobLostError } from '@app/jobs';
import { Gate } from '../../gate';
import type { JobProcess } from '../job-process';
import type { JobsTestBed } from '../jobs-test-bed';
import { untilAborted, WORK, type WorkResult } from '../work';

export function inlineContract(jobs: JobsTestBed): void {
  const run = (process: JobProcess, id: string, signal = new AbortController().signal): Promise<WorkResult> =>
    process.runner.runInline(WORK, id, { signal, onProgress: () => undefined });

  test('is run by the process that asked for it, and by nobody else', async () => {
    const [runner, asker] = await Promise.all([jobs.runner(), jobs.asker()]);
    const id = await asker.askFor('inline', { place: 'inline' });

    await runner.reconcile();
    await jobs.ended(await runner.askFor('next'));

    expect((await jobs.find(id)).state).toBe('queued');
    expect(await run(asker, id)).toEqual({ label: 'inline' });
    expect(await jobs.find(id)).toMatchObject({ state: 'completed', attempt: 1, result: '{"label":"inline"}' });
  });

  test('is run once', async () => {
    const asker = await jobs.asker();
    const id = await asker.askFor('a', { place: 'inline' });
    await run(asker, id);

    await expect(run(asker, id)).rejects.toBeInstanceOf(JobLostError);

    expect(jobs.site.attempts).toEqual([1]);
  });

  test('that fails throws what its work threw, and is not repeated', async () => {
    jobs.site.work = () => Promise.reject(new Error('out of luck'));
    const asker = await jobs.asker();
    const id = await asker.askFor('a', { place: 'inline' });

    await expect(run(asker, id)).rejects.toThrow('out of luck');

    expect(await jobs.find(id)).toMatchObject({ state: 'failed', attempt: 1, errorCode: 'INTERNAL' });
  });

  test('that its process does not want any more is cancelled', async () => {
    jobs.site.work = untilAborted;
    const asker = await jobs.asker();
    const id = await asker.askFor('a', { place: 'inline' });
    const abort = new AbortController();
    const running = run(asker, id, abort.signal);
    await jobs.until(id, () => jobs.site.runs.length === 1);

    abort.abort(new Error('Ctrl-C'));

    await expect(running).rejects.toThrow('Ctrl-C');
    expect((await jobs.find(id)).state).toBe('cancelled');
  });

  test('that another process cancels is told to stop', async () => {
    jobs.site.work = untilAborted;
    const [asker, other] = await Promise.all([jobs.asker(), jobs.asker()]);
    const id = await asker.askFor('a', { place: 'inline' });
    const running = run(asker, id).catch((error: unknown) => error);
    await jobs.until(id, () => jobs.site.runs.length === 1);

    await other.jobs.cancel(id);

    expect(await running).toMatchObject({ message: 'The job was cancelled.' });
    expect((await jobs.find(id)).state).toBe('cancelled');
  });

  test('whose process died is failed as interrupted by the next that looks after jobs', async () => {
    const asker = await jobs.asker();
    const id = await asker.askFor('a', { place: 'inline' });
    await jobs.leaveBehind(id);

    await jobs.runner();

    expect(await jobs.ended(id)).toMatchObject({
      state: 'failed',
      errorCode: 'INTERRUPTED',
      errorDetail: 'The process that ran it ended before it was done.',
    });
    expect(jobs.site.runs).toEqual([]);
  });

  test('whose process lives stands in the way of another about the same', async () => {
    const gate = new Gate();
    jobs.site.work = async ({ payload: { label } }) => {
      await gate.opened;
      return { label };
    };
    const [asker, other] = await Promise.all([jobs.asker(), jobs.asker()]);
    const id = await asker.askFor('a', { place: 'inline', subject: 'the same' });
    const running = run(asker, id);

    const asked = await other.ask({ label: 'b' }, { place: 'inline', subject: 'the same' });

    gate.open();
    expect(asked).toMatchObject({ created: false, job: { id } });
    await running;
  });

  test('whose process died a moment ago makes way for another about the same', async () => {
    const asker = await jobs.asker();
    const id = await asker.askFor('a', { place: 'inline', subject: 'the same' });
    const { nowMs } = asker.unitOfWork;
    await jobs.change(`UPDATE jobs SET state = 'active', attempt = 1, lease_until = ${nowMs} + 1000 WHERE id = ?`, [
      id,
    ]);

    const asked = await asker.ask({ label: 'b' }, { place: 'inline', subject: 'the same' });

    expect(asked.created).toBe(true);
    expect(await jobs.find(id)).toMatchObject({ state: 'failed', errorCode: 'INTERRUPTED' });
  });

  test('whose process died before it had begun it makes way for another about the same', async () => {
    const asker = await jobs.asker();
    const id = await asker.askFor('a', { place: 'inline', subject: 'the same' });
    await jobs.change("UPDATE jobs SET created_at = '2026-01-01 00:00:00.000' WHERE id = ?", [id]);

    const asked = await asker.ask({ label: 'b' }, { place: 'inline', subject: 'the same' });

    expect(asked.created).toBe(true);
    expect(await jobs.find(id)).toMatchObject({ state: 'failed', errorCode: 'INTERRUPTED' });
  });
}
