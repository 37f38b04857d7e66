import { setTimeout as sleep } from 'node:timers/promises';
import { join } from 'node:path';
import { DatabaseUnavailableError } from '@app/database';
import { JobsService } from '@app/jobs';
import { LlmPause } from '../../libs/llm/src/calls/llm-pause';
import { LlmStore } from '../../libs/llm/src/store/llm-store.service';
import { describeOnEveryDatabase } from '../support/databases';
import { useGeminiStub } from '../support/gemini/use-gemini-stub';
import type { IngestionApp } from '../support/ingestion-app';
import { assess, findGap, llmGap, useLlmApps } from '../support/llm-app';
import { codeOf, SmallRelease } from '../support/release-folder';
import { useTemporaryFolder } from '../support/temporary-folder';
import { rejectionOf } from '../support/thrown-by';

const [FROM, TO, THIRD] = [codeOf(0), codeOf(1), codeOf(2)];
const [OLD, NEW] = ['gemini-3.5-flash', 'gemini-4-flash'];

describeOnEveryDatabase('A gap for which the LLM', (database) => {
  const folder = useTemporaryFolder();
  const apps = useLlmApps();
  const stub = useGeminiStub();
  let app: IngestionApp;

  const open = async (environment: Record<string, string | undefined> = {}): Promise<void> => {
    app = await apps.open(await database.create(), stub, { environment });
    await app.ingest(await new SmallRelease({ rated: 4 }).writeFolder(join(folder.path, '1.0')));
  };

  const fallback = (code: string, detail: RegExp): object => ({
    kind: 'fallback',
    reason: { code, detail: expect.stringMatching(detail) as string },
  });

  describe('cannot be asked is none, with the reason:', () => {
    test('there is no key', async () => {
      await open({ GEMINI_API_KEY: undefined });

      expect(await findGap(app, FROM, TO)).toEqual(fallback('LLM_NOT_CONFIGURED', /GEMINI_API_KEY is not set/));
      expect(await app.count('jobs', "type LIKE 'assess%'")).toBe(0);
    });

    test('whoever asks has no key of ours', async () => {
      await open();

      expect(await findGap(app, FROM, TO, { mayAsk: false })).toEqual(fallback('LLM_KEY_NEEDED', /X-API-Key/));
      expect(await app.count('jobs', "type LIKE 'assess%'")).toBe(0);
      await llmGap(app, FROM, TO, { descriptions: false });
      // levels are there for everybody; descriptions would have to be bought
      expect(await llmGap(app, FROM, TO, { mayAsk: false })).toMatchObject({ missing: { code: 'LLM_KEY_NEEDED' } });
    });

    test('no calls are allowed', async () => {
      await open({ LLM_DAILY_CALL_LIMIT: '0' });

      expect(await findGap(app, FROM, TO)).toEqual(fallback('LLM_BUDGET_USED_UP', /^The 0 calls/));
      expect(stub.requests).toEqual([]);
    });

    test('the database is away', async () => {
      await open();
      const away = new DatabaseUnavailableError('it was asked', new Error('connect ECONNREFUSED'));
      jest.spyOn(app.get(LlmStore), 'lastModelVersion').mockRejectedValue(away);

      expect(await findGap(app, FROM, TO)).toEqual(fallback('DATABASE_UNAVAILABLE', /^What the LLM has said is kept/));
    });

    test('an admin has cancelled the job', async () => {
      await open();
      stub.failWhile({ kind: 'hang' });
      const finding = findGap(app, FROM, FROM);
      while (stub.requests.length === 0) await sleep(10);

      const [job] = await app.query<{ id: string }>("SELECT id FROM jobs WHERE type = 'assess-occupation'");
      await app.get(JobsService).cancel(job!.id);

      expect(await finding).toEqual(fallback('LLM_UNAVAILABLE', /^An admin has cancelled/));
    });
  });

  test('is not asked at all where an occupation is not there, or not rated', async () => {
    await open();

    expect(await rejectionOf(findGap(app, FROM, '99-9999.99'))).toMatchObject({ code: 'OCCUPATION_NOT_FOUND' });
    expect(await rejectionOf(findGap(app, codeOf(4), TO))).toMatchObject({ code: 'OCCUPATION_NOT_RATED' });
  });

  describe('has become another', () => {
    beforeEach(async () => {
      await open();
      stub.setLevels(FROM, { Programming: 1 });
      stub.setLevels(TO, { Programming: 6 });
    });

    const pause = (): Promise<number> => app.get(LlmPause).begin('Gemini has just failed.', false, null);

    const modelsOf = async (mayAsk = true): Promise<string[]> => {
      const { fromAssessment, toAssessment } = await llmGap(app, FROM, TO, { mayAsk, descriptions: false });
      return [fromAssessment.modelVersion, toAssessment.modelVersion];
    };

    test('is asked anew about both', async () => {
      expect(await modelsOf()).toEqual([OLD, OLD]);
      stub.modelVersion = NEW;
      await assess(app, THIRD);

      expect(await modelsOf()).toEqual([NEW, NEW]);
      expect([stub.assessmentsOf(FROM).length, stub.assessmentsOf(TO).length]).toEqual([2, 2]);
    });

    test('is asked anew about both where that shows with the first of them', async () => {
      await assess(app, FROM);
      stub.modelVersion = NEW;

      expect(await modelsOf()).toEqual([NEW, NEW]);
      expect([stub.assessmentsOf(FROM).length, stub.assessmentsOf(TO).length]).toEqual([2, 1]);
    });

    test('is what the earlier one has said, descriptions too, where the later cannot be asked', async () => {
      const before = await llmGap(app, FROM, TO);
      stub.modelVersion = NEW;
      await assess(app, THIRD);
      await pause();

      expect(await llmGap(app, FROM, TO)).toEqual(before);
      await app.unitOfWork.execute('DELETE FROM upstream_misses');
      expect(await modelsOf(false)).toEqual([OLD, OLD]);
      expect(await modelsOf()).toEqual([NEW, NEW]);
    });

    test('does not mix what the one has said with what the other has', async () => {
      await modelsOf();
      stub.modelVersion = NEW;
      await assess(app, TO);
      await pause();

      expect(await modelsOf()).toEqual([OLD, OLD]);
    });

    test('is none where each has said something of one side only', async () => {
      await assess(app, FROM);
      stub.modelVersion = NEW;
      await assess(app, TO);
      await pause();

      expect(await findGap(app, FROM, TO)).toEqual(fallback('LLM_UNAVAILABLE', /^Gemini has just failed/));
    });
  });
});
