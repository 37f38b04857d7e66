import { join } from 'node:path';
import { LlmGapService } from '@app/llm';
import { gapByLevel as pureGapByLevel } from '@app/skill-gap';
import { describeOnEveryDatabase } from '../support/databases';
import { longExplanation } from '../support/gemini/reply-changes';
import { useGeminiStub } from '../support/gemini/use-gemini-stub';
import { gapByLevel, strictGap, type IngestionApp } from '../support/ingestion-app';
import { assess, findGap, jobEnd, llmGap, useLlmApps } from '../support/llm-app';
import { codeOf, SmallRelease } from '../support/release-folder';
import { soc } from '../support/snapshots';
import { useTemporaryFolder } from '../support/temporary-folder';

const RATED = 6;
const CODES = Array.from({ length: RATED }, (_, index) => codeOf(index));
const [FROM, TO] = [codeOf(0), codeOf(1)];
const UP = { 'Reading Comprehension': 2, 'Active Listening': 3, 'Social Perceptiveness': 0, Programming: 5.5 };
const DOWN = { 'Reading Comprehension': 1, 'Active Listening': 3, 'Social Perceptiveness': 4, Programming: 1.25 };

describeOnEveryDatabase("The gap on the LLM's levels", (database) => {
  const folder = useTemporaryFolder();
  const apps = useLlmApps();
  const stub = useGeminiStub();
  let url: string;
  let app: IngestionApp;

  beforeEach(async () => {
    stub.setLevels(FROM, DOWN);
    stub.setLevels(TO, UP);
    url = await database.create();
    app = await apps.open(url, stub);
    await app.ingest(await new SmallRelease({ rated: RATED, texts: true }).writeFolder(join(folder.path, '1.0')));
  });

  const askedFor = (wanted: 'assessment' | 'gap'): number => stub.countOf(({ kind }) => kind === wanted);

  const recall = (from: string, to: string): unknown =>
    app.get(LlmGapService).recall(app.snapshots.require(), { from: soc(from), to: soc(to), descriptions: true });

  test('has the skills of which more is needed, each with a description', async () => {
    const gap = await llmGap(app, FROM, TO);

    expect(gap.items.map(({ skill, from, to }) => [skill.name, from.level, to.level])).toEqual([
      ['Programming', 125, 550],
      ['Reading Comprehension', 100, 200],
    ]);
    expect(gap.descriptions?.texts).toEqual(
      new Map([
        ['2.A.1.a', 'The gap in Reading Comprehension can be closed by practice under supervision.'],
        ['2.B.3.e', 'The gap in Programming can be closed by practice under supervision.'],
      ]),
    );
    expect(gap).toMatchObject({ missing: null, unassessed: [], from: { code: FROM }, to: { code: TO } });
    expect(stub.requests.at(-1)?.skills).toEqual(['Programming', 'Reading Comprehension']);
  });

  test('is the gap by level on those levels, for every pair', async () => {
    const { skills } = app.snapshots.require();
    const levelsOf = (code: string): number[] => skills.map(({ name }) => Math.round(stub.levelOf(code, name)! * 100));
    for (const code of CODES) await assess(app, code);

    for (const from of CODES) {
      for (const to of CODES) {
        const { items } = await llmGap(app, from, to, { descriptions: false });
        const found = items.map((item) => ({
          skill: skills.indexOf(item.skill),
          from: item.from.level,
          to: item.to.level,
        }));
        expect(found).toEqual(pureGapByLevel(levelsOf(from), levelsOf(to)));
      }
    }
    expect([askedFor('assessment'), askedFor('gap')]).toEqual([RATED, 0]);
  });

  test('is there at once when it was found before', async () => {
    expect(recall(FROM, TO)).toBeNull();
    const gap = await llmGap(app, FROM, TO);

    expect(recall(FROM, TO)).toEqual(gap);
    expect(await llmGap(app, FROM, TO)).toEqual(gap);
    // as another process has it from the database
    const other = await apps.open(url, stub, { runsJobs: false });
    await other.snapshots.refresh();
    expect(await llmGap(other, FROM, TO)).toEqual(gap);
    expect(stub.requests).toHaveLength(3);
  });

  test('from an occupation to itself is empty, and takes one assessment', async () => {
    stub.setLevels(FROM, { Programming: null });

    expect(await llmGap(app, FROM, FROM)).toMatchObject({
      items: [],
      unassessed: [{}],
      descriptions: null,
      missing: null,
    });
    expect([askedFor('assessment'), askedFor('gap')]).toEqual([1, 0]);
  });

  test('takes no further call where no more is needed', async () => {
    stub.setLevels(TO, DOWN);

    expect(await llmGap(app, FROM, TO)).toMatchObject({ items: [], descriptions: null, missing: null });
    expect(askedFor('gap')).toBe(0);
  });

  test('takes no further call where descriptions are not wanted', async () => {
    const gap = await llmGap(app, FROM, TO, { descriptions: false });

    expect(gap).toMatchObject({ items: [{}, {}], descriptions: null, missing: null });
    expect(askedFor('gap')).toBe(0);
    expect(recall(FROM, TO)).toBeNull();
  });

  test('lists apart what cannot be said, and takes it for no level 0', async () => {
    stub.setLevels(FROM, { Programming: null });
    stub.setLevels(TO, { 'Social Perceptiveness': null });

    const gap = await llmGap(app, FROM, TO);

    expect(gap.items.map(({ skill }) => skill.name)).toEqual(['Reading Comprehension']);
    expect(gap.unassessed.map(({ skill, from, to }) => [skill.name, from.level, to.level])).toEqual([
      ['Social Perceptiveness', 400, null],
      ['Programming', null, 550],
    ]);
    expect(stub.requests.at(-1)?.skills).toEqual(['Reading Comprehension']);
  });

  test('that takes too long is told to be under way, and is there when the job is done', async () => {
    const hasty = await apps.open(url, stub, { environment: { LLM_WAIT_MS: '50' } });
    await hasty.snapshots.refresh();
    stub.latencyMs = 300;

    const outcome = await findGap(hasty, FROM, TO, { descriptions: false });

    if (outcome.kind !== 'waiting') throw new Error(outcome.kind);
    expect(outcome.job).toMatchObject({ type: 'assess-occupation', state: 'queued' });
    await jobEnd(hasty, outcome.job);
    stub.latencyMs = 0;
    expect(await llmGap(app, FROM, TO)).toMatchObject({ items: [{}, {}], missing: null });
    expect([askedFor('assessment'), askedFor('gap')]).toEqual([2, 1]);
  });

  describe('has its levels, and says why, where descriptions', () => {
    test('cannot be had now, and has them later', async () => {
      stub.failOn(({ kind }) => kind === 'gap', { kind: 'status', status: 503, retryDelay: '90s' });

      expect(await llmGap(app, FROM, TO)).toMatchObject({
        items: [{}, {}],
        descriptions: null,
        missing: { code: 'LLM_UNAVAILABLE', detail: expect.stringMatching(/^Gemini is not available/) as string },
      });
      expect(recall(FROM, TO)).toBeNull();
      stub.heal();
      await app.unitOfWork.execute('DELETE FROM upstream_misses');
      expect((await llmGap(app, FROM, TO)).descriptions?.texts.size).toBe(2);
      expect(askedFor('assessment')).toBe(2);
    });

    test('are of no use', async () => {
      stub.failOn(({ kind }) => kind === 'gap', { kind: 'reply', change: longExplanation(1501) });

      const missing = { items: [{}, {}], descriptions: null, missing: { code: 'LLM_REPLY_REJECTED' } };
      expect(await llmGap(app, FROM, TO)).toMatchObject(missing);
      // nor are they asked for again at once
      expect(await llmGap(app, FROM, TO)).toMatchObject(missing);
      expect(askedFor('gap')).toBe(3);
      expect(await app.count('llm_gap_descriptions')).toBe(0);
    });
  });

  test('changes nothing of the gaps on the levels of O*NET', async () => {
    const onet = async (): Promise<unknown> => {
      const snapshot = await app.loadActive();
      const pairs = CODES.flatMap((from) => CODES.map((to) => [from, to] as const));
      const rows = await app.query('SELECT * FROM occupation_skills ORDER BY 1, 2, 3, 4');
      return [rows, pairs.map(([from, to]) => [strictGap(snapshot, from, to), gapByLevel(snapshot, from, to)])];
    };
    const before = await onet();
    const { revision } = app.snapshots.require();

    for (const to of CODES.slice(1)) await llmGap(app, FROM, to);

    expect(await onet()).toEqual(before);
    expect((await app.served()).revision).toBe(revision);
  });
});
