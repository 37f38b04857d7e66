import { readSample } from '../support/e2e/sample';
import { useGeminiStub } from '../support/gemini/use-gemini-stub';
import { accessToLlm } from '../support/llm/access';
import { answered, llmGap, type LlmGapView } from '../support/llm/answers';
import { expectedGap } from '../support/llm/expected';
import { llmGapPath } from '../support/llm/paths';
import { describeInEveryMode, type Installation } from '../support/modes';

const WAIT_MS = 3000;
/** Longer than a request waits. */
const SLOW = { kind: 'slow', ms: 4000 } as const;

const sample = readSample();
/** Occupations of which every test has its own, so that none finds what another has had assessed. */
const code = (index: number): string => sample.rated[index] ?? '';
const titleOf = (index: number): string =>
  sample.occupations.find((row) => row['O*NET-SOC Code'] === code(index))?.['Title'] ?? '';

describeInEveryMode(
  "A gap on the LLM's levels",
  (mode) => {
    const stub = useGeminiStub('block');
    let installation: Installation;

    beforeAll(async () => {
      installation = await mode.start({ ...accessToLlm(stub), LLM_WAIT_MS: String(WAIT_MS) });
    });

    test('is made of what the LLM says of both occupations, with O*NET beside it, and then kept', async () => {
      const { api } = installation;
      const path = llmGapPath(code(0), code(1));

      const first = await answered(api.client, path);
      const asked = stub.requests.map(({ kind, code: about }) => [kind, about]);
      const second = await api.client.get(path);

      const gap = first.json() as LlmGapView;
      expect(gap.skill_gaps).toEqual(expectedGap(stub, sample, code(0), code(1)));
      expect(gap.skill_gaps.length).toBeGreaterThan(5);
      const text = { source: 'text', pulled_at: null };
      expect(gap).toMatchObject({
        from_occupation: { code: code(0), title: titleOf(0), ...text },
        to_occupation: { code: code(1), title: titleOf(1), ...text },
        release: '30.1',
        assessment: 'llm',
        reason: null,
        model: stub.modelVersion,
        prompt_version: 'assessment-1',
        unassessed_skills: [],
      });
      expect(Math.abs(Date.now() - Date.parse(gap.assessed_at ?? ''))).toBeLessThan(60_000);
      expect(asked).toHaveLength(3);
      expect(asked.slice(0, 2).sort()).toEqual([
        ['assessment', code(0)],
        ['assessment', code(1)],
      ]);
      expect(asked[2]).toEqual(['gap', null]);
      expect([second.status, second.body, second.header('etag')]).toEqual([200, first.body, first.header('etag')]);
      expect(stub.requests).toHaveLength(3);
      expect(stub.requests.every(({ key, model }) => key === stub.key && model === 'gemini-flash-latest')).toBe(true);
    });

    test('has a tag that names the replies it is made of, and is not sent again to whoever has it', async () => {
      const { api, query } = installation;
      const path = llmGapPath(code(2), code(3));

      const tag = (await answered(api.client, path)).header('etag') ?? '';
      const again = await api.client.get(path, { 'if-none-match': tag });
      const bare = await answered(api.client, llmGapPath(code(2), code(3), 'false'));

      const idOf = async (where: string): Promise<number | undefined> =>
        (
          await query<{ id: number }>(
            `SELECT reply.id FROM llm_replies reply JOIN llm_requests request ON request.id = reply.request_id
              WHERE reply.outcome = 'accepted' AND ${where}`,
          )
        )[0]?.id;
      const [from, to, described] = [
        await idOf(`kind = 'assessment' AND onetsoc_code = '${code(2)}'`),
        await idOf(`kind = 'assessment' AND onetsoc_code = '${code(3)}'`),
        await idOf(`kind = 'gap' AND onetsoc_code = '${code(3)}' AND from_onetsoc_code = '${code(2)}'`),
      ];
      expect(tag).toMatch(new RegExp(String.raw`\.${from}-${to}-${described}-[0-9a-z]+"$`));
      expect(bare.header('etag')).toMatch(new RegExp(String.raw`\.${from}-${to}-0-[0-9a-z]+"$`));
      expect([again.status, again.body, again.header('etag')]).toEqual([304, '', tag]);
    });

    test('that takes long is answered with the job that is at it, and is there once that is done', async () => {
      const { api, admin } = installation;
      const path = llmGapPath(code(4), code(5), 'false');
      stub.failOn((request) => request.code === code(4), SLOW, 1);

      const first = await api.client.get(path);

      expect([first.status, first.header('retry-after'), first.header('etag')]).toEqual([202, '1', undefined]);
      const { id, type, state } = first.json() as { id: string; type: string; state: string };
      expect(first.header('location')).toBe(`/api/v1/jobs/${id}`);
      expect([type, state]).toEqual(['assess-occupation', expect.stringMatching(/^(queued|active)$/)]);
      expect(await admin.ended(id)).toMatchObject({ state: 'completed', error: null });
      const gap = await llmGap(api.client, path);
      expect(gap).toMatchObject({ assessment: 'llm', reason: null });
      expect(stub.requests).toHaveLength(2);
    });

    test('has no descriptions where they are not wanted, and no call is made for them', async () => {
      const { api } = installation;

      const { skill_gaps: gaps, reason } = await llmGap(api.client, llmGapPath(code(6), code(7), 'false'));
      const described = await llmGap(api.client, llmGapPath(code(6), code(7), 'true'));

      const expected = expectedGap(stub, sample, code(6), code(7));
      expect(gaps).toEqual(expected.map((item) => ({ ...item, llm_gap_description: null })));
      expect([reason, described.reason]).toEqual([null, null]);
      expect(described.skill_gaps).toEqual(expected);
      expect(stub.requests.map(({ kind }) => kind)).toEqual(['assessment', 'assessment', 'gap']);
    });

    test('of an occupation to itself is empty, for which it is assessed once and nothing is described', async () => {
      const { api } = installation;

      const gap = await llmGap(api.client, llmGapPath(code(8), code(8)));

      expect(gap).toMatchObject({ assessment: 'llm', reason: null, skill_gaps: [], unassessed_skills: [] });
      expect(stub.requests.map(({ kind, code: about }) => [kind, about])).toEqual([['assessment', code(8)]]);
    });

    test('lists apart what the LLM cannot say, which is neither a gap nor level 0', async () => {
      const { api } = installation;
      const [[science = ''] = [], [writing = ''] = []] = ['Science', 'Writing'].map((name) =>
        [...sample.skills].flatMap(([id, own]) => (own === name ? [id] : [])),
      );
      stub.setLevels(code(9), { Science: null, Writing: 0 });
      stub.setLevels(code(10), { Science: 5, Writing: null });

      const gap = await llmGap(api.client, llmGapPath(code(9), code(10)));

      expect(gap.unassessed_skills).toEqual(
        [
          { element_id: writing, skill_name: 'Writing', from_proficiency_level: 0, to_proficiency_level: null },
          { element_id: science, skill_name: 'Science', from_proficiency_level: null, to_proficiency_level: 5 },
        ].sort((a, b) => (a.element_id < b.element_id ? -1 : 1)),
      );
      expect(gap.skill_gaps).toEqual(expectedGap(stub, sample, code(9), code(10)));
    });

    test('leaves nothing in the log that somebody would have to look at, and never the key', () => {
      for (const { stdout, stderr } of [installation.api.process, installation.runner]) {
        expect(stdout + stderr).not.toMatch(/WARN|ERROR|^\s+at /m);
        expect(stdout + stderr).not.toContain(stub.key);
      }
    });
  },
  'block',
);
