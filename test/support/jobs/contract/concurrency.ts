import { setTimeout as delay } from 'node:timers/promises';
import { Gate } from '../../gate';
import type { JobProcess } from '../job-process';
import type { JobsTestBed } from '../jobs-test-bed';
import { POOLED_WORK, WORK, type WorkResult } from '../work';

const LABELS = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];

export function concurrencyContract(jobs: JobsTestBed): void {
  /** Makes the work stand still until the gate is opened; returns how many stood there at the same time at most. */
  const standStill = (gate: Gate): { readonly most: () => number } => {
    let [now, most] = [0, 0];
    jobs.site.work = async ({ payload: { label } }): Promise<WorkResult> => {
      most = Math.max(most, ++now);
      await gate.opened;
      await delay(20);
      now--;
      return { label };
    };
    return { most: () => most };
  };

  const askForAll = (process: JobProcess, definition: typeof WORK): Promise<string[]> =>
    Promise.all(LABELS.map(async (label) => (await process.ask({ label }, {}, definition)).job.id));

  test.each([
    ['one at a time, where nothing else is said', WORK, 1],
    ['as many at a time as is said, and no more', POOLED_WORK, 3],
  ])('are run %s', async (_, definition, atATime) => {
    const gate = new Gate();
    const { most } = standStill(gate);
    const runner = await jobs.runner();

    const ids = await askForAll(runner, definition);

    await jobs.until(ids[0] ?? '', () => jobs.site.runs.length >= atATime);
    await delay(300);
    expect(jobs.site.runs).toHaveLength(atATime);
    gate.open();
    for (const id of ids) expect((await jobs.ended(id)).state).toBe('completed');
    expect([most(), jobs.site.runs.length]).toEqual([atATime, LABELS.length]);
  });

  test('do not wait for those of another queue', async () => {
    const gate = new Gate();
    standStill(gate);
    const runner = await jobs.runner();
    await runner.ask({ label: 'stands still' });
    await jobs.until((await runner.ask({ label: 'waits' })).job.id, () => jobs.site.runs.length === 1);

    const other = await runner.ask({ label: 'other' }, {}, POOLED_WORK);

    await jobs.until(other.job.id, ({ state }) => state === 'active');
    gate.open();
    expect(await jobs.ended(other.job.id)).toMatchObject({ state: 'completed', type: POOLED_WORK.name });
  });
}
