import { readSample } from '../support/e2e/sample';
import type { Fault } from '../support/gemini/faults';
import { GeminiStub } from '../support/gemini/gemini-stub';
import {
  descriptionContradictingLevel,
  duplicateSkill,
  extraProperty,
  inventedSkill,
  levelAsText,
  levelOutOfRange,
  longExplanation,
  missingSkill,
  type ReplyChange,
  wrongCode,
} from '../support/gemini/reply-changes';
import { accessToLlm } from '../support/llm/access';
import { llmGap, type LlmGapView } from '../support/llm/answers';
import { expectedFallback, sentence } from '../support/llm/fallback';
import { llmGapPath } from '../support/llm/paths';
import { describeEmbedded, type Installation } from '../support/modes';

const sample = readSample();
const code = (index: number): string => sample.rated[index] ?? '';
const changed = (change: ReplyChange): Fault => ({ kind: 'reply', change });

/** Replies that are of no use, and what is said of them. */
const UNUSABLE: readonly (readonly [string, Fault, RegExp])[] = [
  ['a prompt that is blocked', { kind: 'blocked' }, /: The prompt was blocked \(SAFETY\)\.$/],
  ['a reply that is held back', { kind: 'safety' }, /: The reply was ended \(SAFETY\)\.$/],
  ['half a reply', { kind: 'truncated' }, /: The reply was cut off at the limit of its length \(MAX_TOKENS\)\.$/],
  ['no JSON', { kind: 'malformed' }, /: The reply is no JSON\.$/],
  ['JSON in Markdown', { kind: 'fenced' }, /: The reply is no JSON\.$/],
  ['an empty reply', { kind: 'empty' }, /: The reply is empty\.$/],
  ['another shape', changed(() => ({ answer: 42 })), /: The reply has another shape: .*\.$/],
  ['a list', changed((reply) => [reply]), /: The reply has another shape: it must be object\.$/],
  ['a skill too few', changed(missingSkill()), /: The reply has another shape: .* NOT have fewer than 35 items\.$/],
  ['a skill too many', changed(inventedSkill('Juggling')), /: The reply has another shape: .*\.$/],
  ['a skill twice', changed(duplicateSkill), /: The reply has another shape: .* NOT have more than 35 items\.$/],
  [
    'a skill in place of another',
    changed((reply) => duplicateSkill(missingSkill('Programming')(reply) as object)),
    /: The skill "Programming" is missing, and another is assessed twice\.$/,
  ],
  ['a level above 7', changed(levelOutOfRange(7.01)), /: The reply has another shape: .* must be <= 7\.$/],
  ['a level below 0', changed(levelOutOfRange(-1)), /: The reply has another shape: .* must be >= 0\.$/],
  ['a level as text', changed(levelAsText), /: The reply has another shape: .* must be number,null\.$/],
  ['another occupation', changed(wrongCode), /: The reply has another shape: .*\/llm_onet_soc_code .*\.$/],
  ['a property too many', changed(extraProperty), /: The reply has another shape: .* \("llm_confidence"\)\.$/],
  ['an explanation beyond measure', changed(longExplanation(1001)), /: The reply has another shape: .* 1000 char.*\.$/],
  ['a word that contradicts the level', changed(descriptionContradictingLevel), /: The skill ".*" has the level 0, .*/],
];

describeEmbedded(
  'A reply of the LLM',
  (mode) => {
    const stub = new GeminiStub();
    let installation: Installation;

    beforeAll(async () => {
      await stub.start();
      installation = await mode.start(accessToLlm(stub));
    });
    afterAll(() => stub.stop());

    /** Damages what is said of one occupation. */
    function damage(about: string, fault: Fault, times?: number): void {
      stub.failOn((request) => request.code === about, fault, times);
    }

    test('that is of no use is asked for anew twice, is never used, and then not asked for again soon', async () => {
      const { api, query } = installation;
      UNUSABLE.forEach(([, fault], index) => {
        damage(code(index), fault);
      });
      const ask = (): Promise<LlmGapView[]> =>
        Promise.all(UNUSABLE.map((_, index) => llmGap(api.client, llmGapPath(code(index), code(index)))));

      const first = await ask();
      const asked = UNUSABLE.map((_, index) => stub.assessmentsOf(code(index)).length);
      const second = await ask();

      for (const [index, [what, , detail]] of UNUSABLE.entries()) {
        const reason = { code: 'LLM_REPLY_REJECTED', detail: sentence(detail) };
        const expected = await expectedFallback(api.client, code(index), code(index), reason);
        expect([what, first[index]]).toEqual([what, expected]);
        expect([what, second[index]?.reason?.code]).toEqual([what, 'LLM_REPLY_REJECTED']);
      }
      expect(asked).toEqual(UNUSABLE.map(() => 3));
      expect(stub.requests).toHaveLength(3 * UNUSABLE.length);
      expect(await query("SELECT id FROM llm_replies WHERE outcome = 'rejected'")).toHaveLength(3 * UNUSABLE.length);
      expect(await query('SELECT reply_id FROM llm_skill_assessments')).toEqual([]);
    });

    test('that is of use at the second try is as good as any', async () => {
      const { api } = installation;
      damage(code(30), { kind: 'truncated' }, 1);

      const gap = await llmGap(api.client, llmGapPath(code(30), code(30)));

      expect(gap).toMatchObject({ assessment: 'llm', reason: null });
      expect(stub.assessmentsOf(code(30))).toHaveLength(2);
    });

    test('without a count of tokens is as good as any', async () => {
      const { api, query } = installation;
      damage(code(31), { kind: 'no-usage' }, 1);

      expect(await llmGap(api.client, llmGapPath(code(31), code(31)))).toMatchObject({ assessment: 'llm' });
      expect(
        await query(
          `SELECT prompt_tokens, reply_tokens FROM llm_replies reply JOIN llm_requests request
             ON request.id = reply.request_id WHERE onetsoc_code = '${code(31)}'`,
        ),
      ).toEqual([{ prompt_tokens: null, reply_tokens: null }]);
    });

    test.each<[string, number, Fault]>([
      ['no JSON', 32, { kind: 'malformed' }],
      ['a skill too few', 34, changed(missingSkill())],
      ['a description beyond measure', 36, changed(longExplanation(1501))],
    ])('with descriptions that are of no use costs nothing but these: %s', async (_, index, fault) => {
      const { api } = installation;
      const [from, to] = [code(index), code(index + 1)];
      const bare = await llmGap(api.client, llmGapPath(from, to, 'false'));
      const before = stub.requests.length;
      stub.failOn(({ kind }) => kind === 'gap', fault, 3);

      const answer = await api.client.get(llmGapPath(from, to));

      const reason = {
        code: 'LLM_REPLY_REJECTED',
        detail: sentence(/^The LLM did not reply with what it was asked for/),
      };
      expect([answer.status, answer.json()]).toEqual([200, { ...bare, reason }]);
      expect(answer.header('etag')).toBeUndefined();
      expect(stub.requests.length - before).toBe(3);
    });
  },
  'block',
);
