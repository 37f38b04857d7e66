import { join } from 'node:path';
import { JobsService } from '@app/jobs';
import { AssessmentsService } from '@app/llm';
import { LlmCalls } from '../../libs/llm/src/calls/llm-calls.service';
import { describeOnEveryDatabase } from '../support/databases';
import type { Fault } from '../support/gemini/faults';
import { levelOutOfRange } from '../support/gemini/reply-changes';
import { useGeminiStub } from '../support/gemini/use-gemini-stub';
import type { IngestionApp } from '../support/ingestion-app';
import { assess, findGap, jobEnd, recordedCalls, useLlmApps } from '../support/llm-app';
import { codeOf, SmallRelease } from '../support/release-folder';
import { soc } from '../support/snapshots';
import { useTemporaryFolder } from '../support/temporary-folder';
import { rejectionOf } from '../support/thrown-by';

const CODE = codeOf(0);

/** Out of the range of levels. */
const USELESS: Fault = { kind: 'reply', change: levelOutOfRange(9) };

describeOnEveryDatabase('A reply of the LLM', (database) => {
  const folder = useTemporaryFolder();
  const apps = useLlmApps();
  const stub = useGeminiStub();
  let app: IngestionApp;

  beforeEach(async () => {
    app = await apps.open(await database.create(), stub);
    await app.ingest(await new SmallRelease({ texts: true }).writeFolder(join(folder.path, '1.0')));
  });

  test('that is of no use is not asked for again for a minute', async () => {
    stub.failNext({ kind: 'malformed' }, 3);
    const fallback = { kind: 'fallback', reason: { code: 'LLM_REPLY_REJECTED' } };
    expect(await findGap(app, CODE, CODE)).toMatchObject(fallback);

    expect(await findGap(app, CODE, CODE)).toMatchObject(fallback);
    expect(stub.requests).toHaveLength(3);

    // other occupations are none of its business
    expect(await findGap(app, codeOf(1), codeOf(1))).toMatchObject({ kind: 'llm' });
    await app.unitOfWork.execute('UPDATE llm_replies SET created_at = created_at - 60000');
    expect(await findGap(app, CODE, CODE)).toMatchObject({ kind: 'llm' });
  });

  test.each([1, 2])('that is good after %i of no use is used, and nothing of those is', async (bad) => {
    stub.failNext(USELESS, bad);

    const job = await assess(app, CODE);

    expect(job).toMatchObject({ state: 'completed' });
    const calls = await recordedCalls(app);
    expect(calls.map(({ outcome }) => outcome)).toEqual([...new Array<string>(bad).fill('rejected'), 'accepted']);
    const rows = await app.query('SELECT DISTINCT reply_id FROM llm_skill_assessments');
    expect(rows).toEqual([{ reply_id: bad + 1 }]);
    const stored = await app.get(AssessmentsService).latest(app.snapshots.require(), soc(CODE));
    for (const [index, skill] of app.snapshots.require().skills.entries()) {
      expect(stored?.assessment.skills[index]?.level).toBe(Math.round(stub.levelOf(CODE, skill.name)! * 100));
    }
  });

  test('that a job got before its process died counts among those it may get', async () => {
    stub.failWhile({ kind: 'malformed' });
    const { id } = await assess(app, CODE);
    // as if its process had died before its end was recorded
    await app.unitOfWork.execute("UPDATE jobs SET state = 'queued', finished_at = NULL WHERE id = ?", [id]);

    const again = await jobEnd(app, await app.get(JobsService).get(id));

    expect(again).toMatchObject({ state: 'failed', attempt: 2, errorCode: 'LLM_REPLY_REJECTED' });
    expect(stub.requests).toHaveLength(3);
  });

  test('is asked for once more where an admin wants the job again later', async () => {
    stub.failNext({ kind: 'malformed' }, 3);
    const { id } = await assess(app, CODE);
    await app.unitOfWork.execute('UPDATE llm_replies SET created_at = created_at - 3000');

    expect(await jobEnd(app, await app.get(JobsService).retry(id))).toMatchObject({ state: 'completed' });
  });

  test('is not asked for where the question is longer than what can be kept', async () => {
    const question = app.get(AssessmentsService).question(app.snapshots.require(), soc(CODE));
    const long = { ...question, prompt: 'ä'.repeat(30_000) };
    const asking = app.get(LlmCalls).ask(long, () => ({ fault: 'never' }), {
      jobId: null,
      signal: new AbortController().signal,
    });

    expect(await rejectionOf(asking)).toMatchObject({
      code: 'LLM_QUESTION_REFUSED',
      message: expect.stringMatching(/^The question is too long/) as string,
    });
    expect(stub.requests).toEqual([]);
  });

  test('that is cut by an abort is neither counted as rejected nor used', async () => {
    stub.failNext({ kind: 'hang' });
    const question = app.get(AssessmentsService).question(app.snapshots.require(), soc(CODE));
    const abort = new AbortController();
    const asking = app.get(LlmCalls).ask(question, () => ({ fault: 'never' }), { jobId: null, signal: abort.signal });
    setTimeout(() => {
      abort.abort(new Error('Enough.'));
    }, 100);

    expect(await rejectionOf(asking)).toEqual(new Error('Enough.'));
    expect(await recordedCalls(app)).toEqual([]);
  });
});
