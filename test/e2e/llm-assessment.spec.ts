import { gistOf, problemOf } from '../support/e2e/problems';
import { readSample } from '../support/e2e/sample';
import { useGeminiStub } from '../support/gemini/use-gemini-stub';
import { descriptionOf } from '../support/gemini/levels';
import { accessToLlm, FORGET } from '../support/llm/access';
import { agreement } from '../support/llm/agreement';
import { answered } from '../support/llm/answers';
import { assessmentPath, llmGapPath } from '../support/llm/paths';
import { describeInEveryMode, type Installation } from '../support/modes';

const UNRATED = '15-2051.00';

const sample = readSample();
const [FIRST = '', SECOND = '', THIRD = ''] = sample.rated;

function onetLevel(code: string, element: string): number {
  return Number(sample.rating(code, element, 'LV')['Data Value']);
}

describeInEveryMode(
  "The LLM's assessment of an occupation",
  (mode) => {
    const stub = useGeminiStub('block');
    let installation: Installation;

    beforeAll(async () => {
      installation = await mode.start(accessToLlm(stub));
    });

    test('is not there before somebody has asked for it, and to look for it does not have it made', async () => {
      const { api } = installation;

      const answer = await api.client.get(assessmentPath(FIRST));

      expect(gistOf(answer)).toBe('404 NOT_FOUND');
      expect(problemOf(answer).detail).toContain('/api/v1/skill-gap-llm');
      expect(stub.requests).toEqual([]);
    });

    test('holds all that the LLM says, and how far it is from O*NET', async () => {
      const { api } = installation;
      stub.setLevels(FIRST, { Science: null, Programming: 0, Writing: 7 });
      await answered(api.client, llmGapPath(FIRST, FIRST));

      const answer = await api.client.get(assessmentPath(FIRST));
      const again = await api.client.get(assessmentPath(FIRST), { 'if-none-match': answer.header('etag') ?? '' });

      const skills = [...sample.skills].map(([id, name]) => ({
        element_id: id,
        skill_name: name,
        llm_level: stub.levelOf(FIRST, name),
        onet_level: onetLevel(FIRST, id),
      }));
      const compared = skills.flatMap(({ llm_level: llm, onet_level: onet }) => (llm === null ? [] : [{ llm, onet }]));
      expect(answer.json()).toMatchObject({
        occupation: { code: FIRST, source: 'text', pulled_at: null },
        release: '30.1',
        model: stub.modelVersion,
        prompt_version: 'assessment-1',
        current: true,
        agreement: agreement(compared),
        skills: skills.map((skill) => ({
          ...skill,
          llm_proficiency: skill.llm_level === null ? 'Novice' : descriptionOf(skill.llm_level),
        })),
      });
      expect(compared).toHaveLength(34);
      expect([again.status, again.body]).toEqual([304, '']);
      expect(stub.requests).toHaveLength(1);
    });

    test('stays what it was while another model answers, and is then said not to be current any more', async () => {
      const { api } = installation;
      await answered(api.client, llmGapPath(SECOND, SECOND));
      const before = await api.client.get(assessmentPath(SECOND));
      stub.modelVersion = 'gemini-4.0-flash';
      await answered(api.client, llmGapPath(THIRD, THIRD));

      const after = await api.client.get(assessmentPath(SECOND));
      const tag = before.header('etag') ?? '';
      const stale = await api.client.get(assessmentPath(SECOND), { 'if-none-match': tag });

      expect(after.json()).toEqual({ ...(before.json() as object), current: false });
      expect((await api.client.get(assessmentPath(THIRD))).json()).toMatchObject({
        model: 'gemini-4.0-flash',
        current: true,
      });
      expect([stale.status, after.header('etag') === tag]).toEqual([200, false]);
    });

    test('that an earlier model has made is answered with where the present one cannot be asked', async () => {
      const { api, query } = installation;
      stub.failWhile({ kind: 'status', status: 503, retryDelay: '30s' });

      const gap = (await answered(api.client, llmGapPath(FIRST, SECOND, 'false'))).json();
      await query(FORGET);

      expect(gap).toMatchObject({ assessment: 'llm', model: 'gemini-3.5-flash', reason: null });
      expect(stub.requests.length).toBeGreaterThan(0);
    });

    test.each([
      ['11-1011', '400 VALIDATION_FAILED code'],
      ['99-9999.99', '404 OCCUPATION_NOT_FOUND code'],
      [UNRATED, '422 OCCUPATION_NOT_RATED code'],
      [`${FIRST}?all=true`, '400 VALIDATION_FAILED all'],
    ])('cannot be had for %s', async (code, gist) => {
      const [occupation = '', query] = code.split('?');

      const answer = await installation.api.client.get(
        `${assessmentPath(occupation)}${query === undefined ? '' : `?${query}`}`,
      );

      expect(gistOf(answer)).toBe(gist);
    });
  },
  'block',
);
