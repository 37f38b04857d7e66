import { AppError, OperatorError } from '@app/common';
import type { JobsTestBed } from '../jobs-test-bed';
import { WORK, type WorkPayload } from '../work';

/** Kept from the public part of what a job failed with. */
const SECRET = 'the password is hunter2';

export function runningContract(jobs: JobsTestBed): void {
  test('runs, and what it came to is recorded', async () => {
    const runner = await jobs.runner();

    const id = await runner.askFor('a');

    expect(await jobs.ended(id)).toMatchObject({
      type: 'test-work',
      state: 'completed',
      attempt: 1,
      failures: 0,
      result: '{"label":"a"}',
      errorCode: null,
      owner: null,
      leaseUntil: null,
      requestedBy: 'a test',
      startedAt: expect.any(Date) as Date,
      finishedAt: expect.any(Date) as Date,
    });
  });

  test('that another process asked for runs', async () => {
    await jobs.runner();
    const asker = await jobs.asker();

    const id = await asker.askFor('a');

    expect((await jobs.ended(id)).state).toBe('completed');
  });

  test('is given its payload just as it was asked for', async () => {
    const runner = await jobs.runner();
    const payload: WorkPayload = { label: `O'Neil "Café" \\ 🍰 漢字\n`, numbers: [0, -1.5, 2 ** 53] };

    const { job } = await runner.ask(payload);

    await jobs.ended(job.id);
    expect(jobs.site.lastRun.payload).toEqual(payload);
  });

  test('whose work fails is repeated after a pause, and after twice the pause the next time', async () => {
    const begun: number[] = [];
    jobs.site.work = ({ payload: { label } }) => {
      begun.push(Date.now());
      return begun.length < 3 ? Promise.reject(new Error('out of luck')) : Promise.resolve({ label });
    };
    const runner = await jobs.runner();

    const id = await runner.askFor('a');

    expect(await jobs.ended(id)).toMatchObject({ state: 'completed', attempt: 3, failures: 2 });
    const [first = 0, second = 0, third = 0] = begun;
    // timers may be a moment early; how late they are is up to the machine
    expect(second - first).toBeGreaterThan(WORK.backoffMs - 50);
    expect(third - second).toBeGreaterThan(2 * WORK.backoffMs - 50);
  });

  test('that succeeds in the end carries no error of its earlier attempts', async () => {
    jobs.site.work = ({ attempt, payload: { label } }) =>
      attempt === 1 ? Promise.reject(new Error('out of luck')) : Promise.resolve({ label });
    const runner = await jobs.runner();

    const id = await runner.askFor('a');

    expect(await jobs.ended(id)).toMatchObject({ state: 'completed', errorCode: null, errorDetail: null });
  });

  test.each([
    ['an error for the operator', new OperatorError('There is no folder 40.9.'), 'JOB_FAILED'],
    ['an error of the contract', new AppError('NOT_FOUND', 'There is no folder 40.9.'), 'NOT_FOUND'],
  ])('that fails with %s is not repeated', async (_, error, code) => {
    jobs.site.work = () => Promise.reject(error);
    const runner = await jobs.runner();

    const id = await runner.askFor('a');

    expect(await jobs.ended(id)).toMatchObject({
      state: 'failed',
      attempt: 1,
      failures: 1,
      errorCode: code,
      errorDetail: 'There is no folder 40.9.',
    });
  });

  test('whose work fails at every attempt fails, and only admins are told what was thrown', async () => {
    jobs.site.work = () => Promise.reject(new Error(SECRET));
    const runner = await jobs.runner();

    const id = await runner.askFor('a');

    const job = await jobs.ended(id);
    expect(job).toMatchObject({ state: 'failed', attempt: 3, failures: 3, errorCode: 'INTERNAL', result: null });
    expect(job.errorDetail).not.toContain(SECRET);
    expect(job.errorRaw).toContain(SECRET);
  });

  test('that failed does not keep the next one from running', async () => {
    jobs.site.work = ({ payload: { label } }) =>
      label === 'bad' ? Promise.reject(new OperatorError('No.')) : Promise.resolve({ label });
    const runner = await jobs.runner();

    const bad = await runner.askFor('bad');
    const good = await runner.askFor('good');

    expect([(await jobs.ended(bad)).state, (await jobs.ended(good)).state]).toEqual(['failed', 'completed']);
  });

  test('that is delivered to a process which does not know its name fails', async () => {
    const asker = await jobs.asker();
    const id = await asker.askFor('a');
    await jobs.change("UPDATE jobs SET type = 'work-of-tomorrow' WHERE id = ?", [id]);
    const runner = await jobs.runner();

    await runner.handOver(await jobs.find(id));

    expect(await jobs.ended(id)).toMatchObject({ state: 'failed', errorCode: 'UNKNOWN_JOB', result: null });
    expect(jobs.site.runs).toEqual([]);
  });

  test('whose name this process does not know is left to those that know it', async () => {
    const asker = await jobs.asker();
    const id = await asker.askFor('a');
    await jobs.change("UPDATE jobs SET type = 'work-of-tomorrow' WHERE id = ?", [id]);
    await jobs.engineForgets();
    const runner = await jobs.runner();

    await runner.reconcile();

    expect((await jobs.find(id)).state).toBe('queued');
  });

  test('can be run once more after it failed', async () => {
    jobs.site.work = ({ attempt, payload: { label } }) =>
      attempt === 1 ? Promise.reject(new OperatorError('No.')) : Promise.resolve({ label });
    const runner = await jobs.runner();
    const id = await runner.askFor('a');
    await jobs.ended(id);

    await runner.jobs.retry(id);

    expect(await jobs.ended(id)).toMatchObject({ state: 'completed', attempt: 2, failures: 0, errorCode: null });
  });

  test('that is completed cannot be run once more', async () => {
    const runner = await jobs.runner();
    const id = await runner.askFor('a');
    await jobs.ended(id);

    await expect(runner.jobs.retry(id)).rejects.toMatchObject({ code: 'CONFLICT' });
  });

  test('cannot be run once more while another about the same is unfinished', async () => {
    const asker = await jobs.asker();
    const id = await asker.askFor('a', { subject: 'a' });
    await asker.jobs.cancel(id);
    const other = await asker.askFor('a', { subject: 'a' });

    await expect(asker.jobs.retry(id)).rejects.toMatchObject({ code: 'CONFLICT', jobId: other });
  });
}
