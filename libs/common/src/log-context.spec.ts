import { setTimeout as delay } from 'node:timers/promises';
import { inLogContext, logContext } from './log-context';

describe('The context of the log', () => {
  it('is empty where nothing was said', () => {
    expect(logContext()).toEqual({});
  });

  it('is what the work is about, wherever in it, and nothing of other work at the same time', async () => {
    const seen = await Promise.all(
      ['a', 'b'].map((job) =>
        inLogContext({ job_id: job }, async () => {
          await delay(job === 'a' ? 10 : 1);
          return logContext();
        }),
      ),
    );

    expect(seen).toEqual([{ job_id: 'a' }, { job_id: 'b' }]);
    expect(logContext()).toEqual({});
  });

  it('grows with every step inward, and shrinks again', async () => {
    await inLogContext({ job_id: 'a' }, async () => {
      await inLogContext({ attempt: 2 }, () => {
        expect(logContext()).toEqual({ job_id: 'a', attempt: 2 });
        return Promise.resolve();
      });
      expect(logContext()).toEqual({ job_id: 'a' });
    });
  });

  it('is there again for work that follows on work that failed', async () => {
    await expect(inLogContext({ job_id: 'a' }, () => Promise.reject(new Error('no')))).rejects.toThrow('no');

    expect(await inLogContext({ job_id: 'b' }, () => Promise.resolve(logContext()))).toEqual({ job_id: 'b' });
  });
});
