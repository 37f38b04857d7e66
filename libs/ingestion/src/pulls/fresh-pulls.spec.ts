import { soc } from '../../../../test/support/snapshots';
import { rejectionOf } from '../../../../test/support/thrown-by';
import { FreshPulls } from './fresh-pulls';

const occupation = (title: string) => ({
  code: soc('15-2051.00'),
  title,
  description: '',
  pulledAt: '2026-08-01T12:00:00.000Z',
  ratings: [],
});

describe('FreshPulls', () => {
  let pulls: FreshPulls;
  let waiting: AbortController;

  beforeEach(() => {
    pulls = new FreshPulls();
    waiting = new AbortController();
  });

  const next = (jobId = 'a job'): Promise<{ readonly title: string }> => pulls.next(jobId, waiting.signal);

  it('tells everybody who waits what a job has brought', async () => {
    const all = [next(), next()];
    pulls.announce('a job', occupation('Data Scientists'));
    expect((await Promise.all(all)).map(({ title }) => title)).toEqual(['Data Scientists', 'Data Scientists']);
  });

  it('tells nobody of what another job has brought', async () => {
    const own = next();
    pulls.announce('another job', occupation('Others'));
    pulls.announce('a job', occupation('Data Scientists'));
    expect((await own).title).toBe('Data Scientists');
  });

  it('tells those who begin to wait later of the next one only', async () => {
    pulls.announce('a job', occupation('first'));
    const later = next();
    pulls.announce('a job', occupation('second'));
    expect((await later).title).toBe('second');
  });

  it('ends the waiting with the reason of the abort', async () => {
    const reason = new Error('enough');
    const own = next();
    waiting.abort(reason);
    expect(await rejectionOf(own)).toBe(reason);
  });

  it('does not begin to wait where the waiting is over', async () => {
    const reason = new Error('enough');
    waiting.abort(reason);
    expect(await rejectionOf(next())).toBe(reason);
  });

  it('lets others go on waiting when one stops', async () => {
    const others = new AbortController();
    const [stopped, going] = [next(), pulls.next('a job', others.signal)];
    waiting.abort(new Error('enough'));
    await rejectionOf(stopped);
    pulls.announce('a job', occupation('Data Scientists'));
    expect((await going).title).toBe('Data Scientists');
  });

  it('remembers nobody who waits no more', async () => {
    const stopped = next('stopped');
    waiting.abort(new Error('enough'));
    await rejectionOf(stopped);
    const told = pulls.next('told', new AbortController().signal);
    pulls.announce('told', occupation('Data Scientists'));
    await told;
    expect(Reflect.get(pulls, 'listeners')).toEqual(new Map());
  });
});
