import type { ServingApi } from '../support/e2e/processes';
import { readSample } from '../support/e2e/sample';
import { useGeminiStub } from '../support/gemini/use-gemini-stub';
import { accessToLlm } from '../support/llm/access';
import { answered } from '../support/llm/answers';
import { llmGapPath } from '../support/llm/paths';
import { describeInEveryMode, type Installation } from '../support/modes';

const AT_ONCE = 20;

const { rated } = readSample();
const [FIRST = '', SECOND = ''] = rated;
const OTHERS = rated.slice(2, 6);

describeInEveryMode(
  'Requests for gaps at the same moment',
  (mode) => {
    const stub = useGeminiStub('block');
    let installation: Installation;
    /** Another api where there can be one. */
    let replica: ServingApi;

    beforeAll(async () => {
      installation = await mode.start(accessToLlm(stub));
      const { api, options } = installation;
      replica = mode.kind === 'embedded' ? api : await mode.processes.startApi(options);
    });

    test('have the LLM asked once, whichever process they reach', async () => {
      const { api } = installation;
      stub.latencyMs = 300;

      const answers = await Promise.all(
        Array.from({ length: AT_ONCE }, (_, index) =>
          answered((index % 2 === 0 ? api : replica).client, llmGapPath(FIRST, SECOND)),
        ),
      );

      expect(new Set(answers.map(({ body }) => body)).size).toBe(1);
      expect(new Set(answers.map((answer) => answer.header('etag'))).size).toBe(1);
      expect(answers[0]?.json()).toMatchObject({ assessment: 'llm', reason: null });
      expect(stub.requests.map(({ kind, code }) => `${kind} ${code}`).sort()).toEqual([
        `assessment ${FIRST}`,
        `assessment ${SECOND}`,
        'gap null',
      ]);
    });

    test('that share occupations have each of these assessed once', async () => {
      const { api } = installation;
      stub.latencyMs = 100;
      const pairs = OTHERS.flatMap((from) => OTHERS.map((to) => [from, to] as const));

      const answers = await Promise.all(
        pairs.map(([from, to], index) =>
          answered((index % 2 === 0 ? api : replica).client, llmGapPath(from, to, 'false')),
        ),
      );

      for (const answer of answers) expect(answer.json()).toMatchObject({ assessment: 'llm', reason: null });
      expect(stub.requests.map(({ code }) => code).sort()).toEqual(OTHERS.toSorted());
    });

    test('are all answered with the same, byte for byte, by a process that begins later and asks nobody', async () => {
      const { api, options } = installation;
      const [from = '', to = ''] = rated.slice(6, 8);
      const first = await answered(api.client, llmGapPath(from, to));
      const asked = stub.requests.length;

      if (mode.kind === 'embedded') await api.process.kill();
      const later = await mode.processes.startApi(options);
      const answers = await Promise.all(Array.from({ length: 5 }, () => later.client.get(llmGapPath(from, to))));

      for (const answer of answers) {
        expect([answer.status, answer.body, answer.header('etag')]).toEqual([200, first.body, first.header('etag')]);
      }
      expect(stub.requests).toHaveLength(asked);
    });
  },
  'block',
);
