import { setTimeout as delay } from 'node:timers/promises';
import { checkClaim, holdClaim, JobHandedBackError, JobLostError, recordResult } from '@app/jobs';
import { Gate } from '../../gate';
import type { JobProcess } from '../job-process';
import type { JobsTestBed } from '../jobs-test-bed';
import { untilAborted, type WorkRun } from '../work';

const MANY = 200;

/** Work that stands still in its first attempt until the gate is opened. */
function stuckInTheFirstAttempt(gate: Gate, then: (run: WorkRun) => Promise<unknown> = () => Promise.resolve()) {
  return async (run: WorkRun): Promise<{ label: string }> => {
    if (run.attempt === 1) {
      await gate.opened;
      await then(run);
    }
    return { label: `attempt ${run.attempt}` };
  };
}

export function recoveryContract(jobs: JobsTestBed): void {
  /** A process that is at work on a job and stands still, so that its lease runs out. */
  const startFrozen = async (): Promise<{ frozen: JobProcess; id: string }> => {
    const frozen = await jobs.runner();
    frozen.freeze();
    const id = await frozen.askFor('a');
    await jobs.until(id, () => jobs.site.runs.length === 1);
    await jobs.change('UPDATE jobs SET lease_until = 1 WHERE id = ?', [id]);
    await jobs.engineForgets();
    return { frozen, id };
  };

  test('that waited when a process starts is run by it', async () => {
    const asker = await jobs.asker();
    const ids = [await asker.askFor('a'), await asker.askFor('b'), await asker.askFor('c')];
    await asker.close();
    await jobs.engineForgets();

    await jobs.runner();

    for (const id of ids) expect(await jobs.ended(id)).toMatchObject({ state: 'completed', attempt: 1 });
  });

  test('that a dead process left behind is taken over, as a further attempt that is no failure', async () => {
    const asker = await jobs.asker();
    const id = await asker.askFor('a');
    await jobs.leaveBehind(id);
    await jobs.engineForgets();

    await jobs.runner();

    expect(await jobs.ended(id)).toMatchObject({ state: 'completed', attempt: 2, failures: 0 });
    expect(jobs.site.attempts).toEqual([2]);
  });

  test('that a hundred processes have not lived to end is begun no more', async () => {
    const asker = await jobs.asker();
    const [last, beyond] = [await asker.askFor('a'), await asker.askFor('b')];
    await jobs.change('UPDATE jobs SET attempt = 98 WHERE id = ?', [last]);
    await jobs.change('UPDATE jobs SET attempt = 99 WHERE id = ?', [beyond]);
    for (const id of [last, beyond]) await jobs.leaveBehind(id);
    await jobs.engineForgets();

    await jobs.runner();

    expect(await jobs.ended(last)).toMatchObject({ state: 'completed', attempt: 100 });
    expect(await jobs.ended(beyond)).toMatchObject({ state: 'failed', attempt: 101, errorCode: 'TOO_MANY_ATTEMPTS' });
    expect(jobs.site.attempts).toEqual([100]);
  });

  test('that another process is at work on is left to it', async () => {
    const asker = await jobs.asker();
    const id = await asker.askFor('a');
    const { nowMs } = asker.unitOfWork;
    await jobs.change(`UPDATE jobs SET state = 'active', attempt = 1, lease_until = ${nowMs} + 60000 WHERE id = ?`, [
      id,
    ]);
    await jobs.engineForgets();

    const runner = await jobs.runner();

    await jobs.ended(await runner.askFor('next'));
    expect(await jobs.find(id)).toMatchObject({ state: 'active', attempt: 1 });
    expect(jobs.site.runs.map(({ payload }) => payload.label)).toEqual(['next']);
  });

  test('that was taken over is ended by the new attempt, whatever the old one came to', async () => {
    const gate = new Gate();
    jobs.site.work = stuckInTheFirstAttempt(gate);
    const { frozen, id } = await startFrozen();

    await jobs.runner();
    const ended = await jobs.ended(id);
    gate.open();
    await frozen.close();

    expect(ended).toMatchObject({ state: 'completed', attempt: 2, result: '{"label":"attempt 2"}' });
    expect(await jobs.find(id)).toEqual(ended);
  });

  test.each([
    ['checkClaim', checkClaim],
    ['holdClaim', holdClaim],
  ])('that was taken over has its old attempt refused by %s', async (_, claimed) => {
    const gate = new Gate();
    let refusal: unknown;
    jobs.site.work = stuckInTheFirstAttempt(gate, async (run) => {
      refusal = await frozen.unitOfWork.run((manager) => claimed(manager, run)).catch((error: unknown) => error);
    });
    const { frozen, id } = await startFrozen();

    await jobs.runner();
    await jobs.ended(id);
    gate.open();
    await frozen.close();

    expect(refusal).toBeInstanceOf(JobLostError);
  });

  test('that another process took over is told so by its signal', async () => {
    jobs.site.work = untilAborted;
    const runner = await jobs.runner();
    const id = await runner.askFor('a');
    await jobs.until(id, () => jobs.site.runs.length === 1);

    await jobs.change("UPDATE jobs SET attempt = attempt + 1, owner = 'another' WHERE id = ?", [id]);

    await untilAborted(jobs.site.lastRun).catch(() => undefined);
    expect(jobs.site.lastRun.signal.reason).toBeInstanceOf(JobLostError);
    expect(await jobs.find(id)).toMatchObject({ state: 'active', attempt: 2, owner: 'another' });
  });

  test('whose result was recorded before its process died hands that to the next attempt', async () => {
    const gate = new Gate();
    jobs.site.work = async (run) => {
      if (run.recordedResult !== null) return run.recordedResult;
      await frozen.unitOfWork.run((manager) => recordResult(manager, run, { label: 'the effect' }));
      recorded.open();
      await gate.opened;
      throw new Error('never seen by anybody');
    };
    const recorded = new Gate();
    const frozen = await jobs.runner();
    frozen.freeze();
    const id = await frozen.askFor('a');
    await recorded.opened;
    await jobs.change('UPDATE jobs SET lease_until = 1 WHERE id = ?', [id]);
    await jobs.engineForgets();

    await jobs.runner();

    const ended = await jobs.ended(id);
    gate.open();
    expect(ended).toMatchObject({ state: 'completed', attempt: 2, result: '{"label":"the effect"}' });
  });

  test('that runs when its process is told to end is stopped, queued again, and done by the next process', async () => {
    jobs.site.work = (run) => (run.attempt === 1 ? untilAborted(run) : Promise.resolve({ label: 'done' }));
    const runner = await jobs.runner();
    const id = await runner.askFor('a');
    await jobs.until(id, () => jobs.site.runs.length === 1);

    await runner.close();

    expect(jobs.site.lastRun.signal.reason).toBeInstanceOf(JobHandedBackError);
    expect(await jobs.find(id)).toMatchObject({ state: 'queued', owner: null, failures: 0, errorCode: null });
    await jobs.runner();
    expect(await jobs.ended(id)).toMatchObject({ state: 'completed', attempt: 2, result: '{"label":"done"}' });
  });

  test('that is soon done when its process is told to end is let finish', async () => {
    jobs.site.work = async () => {
      await delay(500);
      return { label: 'done' };
    };
    const runner = await jobs.runner();
    const id = await runner.askFor('a');
    await jobs.until(id, () => jobs.site.runs.length === 1);

    await runner.close();

    expect(await jobs.find(id)).toMatchObject({ state: 'completed', attempt: 1 });
  });

  test(`is run once and by one process, be there ${MANY} of them and two processes`, async () => {
    const [first, second] = await Promise.all([jobs.runner(), jobs.runner()]);
    const labels = Array.from({ length: MANY }, (_, index) => `job ${index}`);

    const ids = await Promise.all(labels.map((label, index) => (index % 2 === 0 ? first : second).askFor(label)));

    for (const id of ids) expect(await jobs.ended(id)).toMatchObject({ state: 'completed', attempt: 1 });
    expect(jobs.site.runs.map(({ payload }) => payload.label).toSorted()).toEqual(labels.toSorted());
  });
}
