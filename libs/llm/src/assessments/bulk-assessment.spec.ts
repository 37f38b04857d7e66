import { getEventListeners, getMaxListeners, once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { OnetSocCode } from '@app/common';
import type { Job } from '@app/database';
import { JobCancelledError, JobHandedBackError, type JobProgress } from '@app/jobs';
import { Gate } from '../../../../test/support/gate';
import { codeOf } from '../../../../test/support/release-folder';
import { soc } from '../../../../test/support/snapshots';
import { rejectionOf } from '../../../../test/support/thrown-by';
import { LlmError } from '../llm-errors';
import type { AssessAllResult } from './assess-all.job';
import { BulkAssessment, type BulkServices } from './bulk-assessment';

type Ending = Pick<Job, 'state'> & Partial<Pick<Job, 'errorCode' | 'errorDetail'>>;

const DONE: Ending = { state: 'completed' };
const failed = (errorCode: string, errorDetail: string): Ending => ({ state: 'failed', errorCode, errorDetail });
const AWAY = failed('LLM_UNAVAILABLE', 'Gemini is not available.');
const REJECTED = failed('LLM_REPLY_REJECTED', 'The reply is no JSON.');

const codes = (count: number): OnetSocCode[] => Array.from({ length: count }, (_, index) => soc(codeOf(index)));

/** Jobs and a watcher that end jobs as a test tells them to. */
class FakeWork implements BulkServices {
  readonly asked: string[] = [];
  readonly cancelled: string[] = [];
  readonly progress: JobProgress[] = [];
  readonly abort = new AbortController();
  most = 0;
  hindrances = 0;
  /** How the n-th job about a code ends, from 1. */
  ending: (code: string, nth: number) => Ending | Promise<Ending> = () => DONE;
  hindrance = (): Promise<LlmError | null> => {
    this.hindrances++;
    return Promise.resolve(this.hindered());
  };
  hindered: () => LlmError | null = () => null;
  /** Jobs about these are there already: somebody else has asked for them. */
  joined: ReadonlySet<string> = new Set();
  private running = 0;

  readonly jobs: BulkServices['jobs'] = {
    request: (_definition, payload, { requestedBy }) => {
      const { code } = payload as { code: string };
      this.asked.push(code);
      this.most = Math.max(this.most, ++this.running);
      const by = this.joined.has(code) ? 'a client' : requestedBy;
      return Promise.resolve({ job: { id: code, requestedBy: by } as Job, created: !this.joined.has(code) });
    },
    cancel: (id) => {
      this.cancelled.push(id);
      return this.cancelled.length % 2 === 0
        ? Promise.reject(new Error('It is over.'))
        : Promise.resolve({ id } as Job);
    },
  };

  readonly watcher: BulkServices['watcher'] = {
    until: async (job, _holds, signal) => {
      const nth = this.asked.filter((code) => code === job.id).length;
      const over = new AbortController();
      const aborted = once(signal, 'abort', { signal: over.signal }).then(
        () => null,
        () => null,
      );
      await sleep(1);
      const ending = await Promise.race([this.ending(job.id, nth), aborted]);
      over.abort();
      this.running--;
      return ending === null ? null : ({ id: job.id, errorCode: null, errorDetail: null, ...ending } as Job);
    },
  };

  assess(missing: readonly OnetSocCode[], occupations = missing.length): Promise<AssessAllResult> {
    const run = {
      jobId: 'bulk',
      requestId: 'a-request',
      signal: this.abort.signal,
      progress: (progress: JobProgress) => this.progress.push(progress),
    };
    return new BulkAssessment(run, this, occupations, 20).assess(missing);
  }
}

describe('A bulk assessment', () => {
  let work: FakeWork;

  beforeEach(() => {
    work = new FakeWork();
  });

  it('asks for each occupation once, a few at a time', async () => {
    const missing = codes(40);

    const result = await work.assess(missing, 50);

    expect(result).toEqual({ occupations: 50, assessed: 40, assessedBefore: 10, failed: 0, failures: [] });
    expect(work.asked.toSorted()).toEqual(missing);
    expect(work.most).toBe(16);
  });

  it('tells how far it is, beginning with those that were assessed before', async () => {
    await work.assess(codes(3), 5);

    expect(work.progress).toEqual([2, 3, 4, 5].map((done) => ({ stage: 'assessing', done, total: 5 })));
  });

  it('asks for nothing where nothing is missing', async () => {
    expect(await work.assess([], 5)).toMatchObject({ occupations: 5, assessed: 0, assessedBefore: 5 });
    expect(work.asked).toEqual([]);
  });

  it('goes on after an occupation that cannot be assessed, and names it', async () => {
    work.ending = (code) => (code === codeOf(1) ? REJECTED : DONE);

    expect(await work.assess(codes(4))).toMatchObject({
      assessed: 3,
      failed: 1,
      failures: [{ code: codeOf(1), detail: 'The reply is no JSON.' }],
    });
    expect(work.asked).toHaveLength(4);
  });

  it('counts all failures, and names the first hundred', async () => {
    work.ending = () => ({ state: 'cancelled' });

    const { failed: count, failures } = await work.assess(codes(120));

    expect([count, failures.length]).toEqual([120, 100]);
    expect(failures[0]?.detail).toBe('The job was cancelled.');
  });

  it('waits once for all, where the LLM is away, and then asks again', async () => {
    work.ending = (_, nth) => (nth === 1 ? AWAY : DONE);
    work.hindered = () => new LlmError('LLM_UNAVAILABLE', 'Gemini is not available.', 50);
    const begun = performance.now();

    expect(await work.assess(codes(16))).toMatchObject({ assessed: 16, failed: 0 });

    expect(performance.now() - begun).toBeGreaterThan(45);
    expect(work.hindrances).toBe(1);
    expect(work.progress.filter(({ stage }) => stage === 'waiting')).toHaveLength(1);
    expect(work.asked).toHaveLength(32);
  });

  it('gives up where the LLM stays away', async () => {
    work.ending = (code) => (code === codeOf(0) ? DONE : AWAY);

    expect(await rejectionOf(work.assess(codes(3), 5))).toMatchObject({
      code: 'LLM_UNAVAILABLE',
      message: '3 of 5 occupations are assessed. Gemini is not available. Retry the job to go on from there.',
    });
    expect(work.hindrances).toBe(10);
  });

  it('does not give up while there is something that works in between', async () => {
    const times = new Map([0, 1, 2].map((index) => [codeOf(index), 6 * (index + 1)]));
    work.ending = (code, nth) => (nth <= (times.get(code) ?? 0) ? AWAY : DONE);
    work.hindered = () => new LlmError('LLM_UNAVAILABLE', 'Gemini is not available.', 5);

    expect(await work.assess(codes(3))).toMatchObject({ assessed: 3 });
    expect(work.hindrances).toBeGreaterThanOrEqual(18);
  });

  it.each(['LLM_NOT_CONFIGURED', 'LLM_BUDGET_USED_UP', 'LLM_REFUSED'])(
    'stops at %s, which the next one would meet as well',
    async (code) => {
      work.ending = (_, __) => (work.asked.length > 16 ? failed(code, 'Not today.') : DONE);

      const error = await rejectionOf(work.assess(codes(60)));

      expect(error).toMatchObject({
        code,
        message: expect.stringMatching(/^\d+ of 60 .* Not today\. Retry/) as string,
      });
      // those that were under way, and none after them
      expect(work.asked.length).toBeLessThanOrEqual(48);
    },
  );

  it('stops where it turns out while it waits that there is nothing to wait for', async () => {
    work.ending = () => AWAY;
    work.hindered = () => new LlmError('LLM_BUDGET_USED_UP', 'Not today.');

    expect(await rejectionOf(work.assess(codes(2)))).toMatchObject({ code: 'LLM_BUDGET_USED_UP' });
    expect(work.asked).toHaveLength(2);
  });

  it('asks nothing more after a pause during which it came to its end', async () => {
    const [first, second] = [codeOf(0), codeOf(1)];
    work.ending = async (code) => {
      if (code === first) return AWAY;
      if (code !== second) return DONE;
      await sleep(20);
      return failed('LLM_REFUSED', 'Gemini does not accept the key.');
    };
    work.hindered = () => new LlmError('LLM_UNAVAILABLE', 'Gemini is not available.', 60);

    await rejectionOf(work.assess(codes(20)));

    expect(work.asked).toEqual(codes(16));
  });

  describe('that is stopped', () => {
    const gate = new Gate();

    beforeEach(() => {
      work.ending = async () => {
        await gate.opened;
        return DONE;
      };
      work.joined = new Set([codeOf(2)]);
    });

    it('takes its own jobs along where it was cancelled, and no others', async () => {
      const assessing = work.assess(codes(4));
      await sleep(5);
      const reason = new JobCancelledError();
      work.abort.abort(reason);

      expect(await rejectionOf(assessing)).toBe(reason);
      expect(work.cancelled.toSorted()).toEqual([codeOf(0), codeOf(1), codeOf(3)]);
    });

    it('leaves its jobs to whoever goes on where the process ends', async () => {
      const assessing = work.assess(codes(4));
      await sleep(5);
      const reason = new JobHandedBackError();
      work.abort.abort(reason);

      expect(await rejectionOf(assessing)).toBe(reason);
      expect(work.cancelled).toEqual([]);
    });
  });

  it('ends at once where it is cancelled during a pause', async () => {
    work.ending = () => AWAY;
    work.hindered = () => new LlmError('LLM_UNAVAILABLE', 'Gemini is not available.', 60_000);
    const assessing = work.assess(codes(3));
    await sleep(20);
    const reason = new JobCancelledError();
    work.abort.abort(reason);

    expect(await rejectionOf(assessing)).toBe(reason);
    expect(work.cancelled).toEqual([]);
  });

  it('listens to its signal without a warning of Node.js', async () => {
    const { signal } = work.abort;
    const heard: number[] = [];
    work.ending = () => {
      heard.push(getEventListeners(signal, 'abort').length);
      return DONE;
    };

    await work.assess(codes(16));

    expect(Math.max(...heard)).toBe(16);
    expect(getMaxListeners(signal)).toBeGreaterThan(16);
  });

  it('is handed back where nobody may look on any more, since the process ends', async () => {
    work.watcher.until = () => Promise.resolve(null);
    const assessing = work.assess(codes(3));
    await sleep(5);
    const reason = new JobHandedBackError();
    work.abort.abort(reason);

    expect(await rejectionOf(assessing)).toBe(reason);
  });

  it('passes over an occupation that finds the LLM away again and again while others are answered', async () => {
    work.ending = (code) => (code === codeOf(0) ? AWAY : DONE);

    // each time that it is asked about, another one is done in the meantime
    const { assessed, failed, failures } = await work.assess(codes(40));

    expect({ assessed, failed, failures }).toEqual({
      assessed: 39,
      failed: 1,
      failures: [{ code: codeOf(0), detail: 'Gemini is not available.' }],
    });
  });

  it('goes on with the others where the LLM does not take the question about one', async () => {
    work.ending = (code) => (code === codeOf(1) ? failed('LLM_QUESTION_REFUSED', 'It is too long.') : DONE);

    expect(await work.assess(codes(4))).toMatchObject({
      assessed: 3,
      failures: [{ code: codeOf(1), detail: 'It is too long.' }],
    });
  });

  it('fails where a job that it waits for is forgotten', async () => {
    work.watcher.until = () => Promise.resolve(null);

    expect(await rejectionOf(work.assess(codes(1)))).toEqual(new Error(`The job ${codeOf(0)} is not there any more`));
  });
});
