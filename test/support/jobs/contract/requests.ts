import { randomUUID } from 'node:crypto';
import { isOver } from '@app/jobs';
import { Gate } from '../../gate';
import type { JobsTestBed } from '../jobs-test-bed';

export function requestsContract(jobs: JobsTestBed): void {
  test('about the same as an unfinished one is that one', async () => {
    const asker = await jobs.asker();
    const first = await asker.ask({ label: 'a' }, { subject: 'the same' });

    const second = await asker.ask({ label: 'b' }, { subject: 'the same' });

    expect(second).toMatchObject({ created: false, job: { id: first.job.id } });
  });

  test('about the same as one that runs is that one', async () => {
    const gate = new Gate();
    jobs.site.work = async ({ payload: { label } }) => {
      await gate.opened;
      return { label };
    };
    const runner = await jobs.runner();
    const id = await runner.askFor('a', { subject: 'the same' });
    await jobs.until(id, ({ state }) => state === 'active');

    const second = await runner.ask({ label: 'b' }, { subject: 'the same' });

    gate.open();
    expect(second).toMatchObject({ created: false, job: { id } });
    await jobs.ended(id);
  });

  test('that several processes ask for at the same moment is one, and one of them made it', async () => {
    const askers = await Promise.all([jobs.asker(), jobs.asker()]);

    const asked = await Promise.all(
      [...askers, ...askers, ...askers].map((asker) => asker.ask({ label: 'a' }, { subject: 'the same' })),
    );

    expect(new Set(asked.map(({ job }) => job.id)).size).toBe(1);
    expect(asked.filter(({ created }) => created)).toHaveLength(1);
  });

  test('about the same is a new one once the first is over', async () => {
    const runner = await jobs.runner();
    const first = await runner.askFor('a', { subject: 'the same' });
    await jobs.ended(first);

    const second = await runner.ask({ label: 'b' }, { subject: 'the same' });

    expect(second.created).toBe(true);
    expect(await jobs.ended(second.job.id)).toMatchObject({ state: 'completed', result: '{"label":"b"}' });
  });

  test('about something else is one of its own', async () => {
    const asker = await jobs.asker();
    await asker.ask({ label: 'a' }, { subject: 'this' });

    const second = await asker.ask({ label: 'a' }, { subject: 'that' });

    expect(second.created).toBe(true);
  });

  test('that is asked for twice with one id is one job', async () => {
    const id = randomUUID();
    const askers = await Promise.all([jobs.asker(), jobs.asker()]);

    const asked = await Promise.all(askers.map((asker) => asker.ask({ label: 'a' }, { id })));

    expect(asked.map(({ job }) => job.id)).toEqual([id, id]);
    expect(asked.filter(({ created }) => created)).toHaveLength(1);
  });

  test('that is asked for again with the id of one that is over is that one', async () => {
    const id = randomUUID();
    const runner = await jobs.runner();
    await runner.ask({ label: 'a' }, { id, subject: 'the same' });
    await jobs.ended(id);

    const second = await runner.ask({ label: 'a' }, { id, subject: 'the same' });

    expect(second.created).toBe(false);
    expect(isOver(second.job)).toBe(true);
    expect(jobs.site.attempts).toEqual([1]);
  });

  test('is not there where what is written along with it fails', async () => {
    const asker = await jobs.asker();
    const id = randomUUID();

    const asking = asker.ask({ label: 'a' }, { id, alongside: () => Promise.reject(new Error('out of luck')) });

    await expect(asking).rejects.toThrow('out of luck');
    expect(await asker.find(id)).toBeNull();
  });
}
