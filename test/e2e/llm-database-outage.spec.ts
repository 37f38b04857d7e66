import { describeOnEveryServer } from '../support/databases';
import { AdminClient } from '../support/e2e/admin-client';
import { eventually } from '../support/e2e/eventually';
import { gistOf } from '../support/e2e/problems';
import { useProcesses } from '../support/e2e/processes';
import { readSample } from '../support/e2e/sample';
import { startDatabaseServer, type DatabaseServer } from '../support/engines';
import { useGeminiStub } from '../support/gemini/use-gemini-stub';
import { accessToLlm } from '../support/llm/access';
import { answered, llmGap } from '../support/llm/answers';
import { expectedFallback } from '../support/llm/fallback';
import { assessmentPath, llmGapPath } from '../support/llm/paths';

/** Starting and stopping a database server takes its time. */
const OUTAGE_MS = 120_000;
const BACK_WITHIN_MS = 20_000;

const [FIRST = '', SECOND = '', THIRD = ''] = readSample().rated;

describeOnEveryServer('While the database is away,', (_database, { engine, controllable }) => {
  if (!controllable) {
    test.skip('is not tested: the server at TEST_DATABASE_URL is not ours to stop', () => undefined);
    return;
  }
  const processes = useProcesses();
  const stub = useGeminiStub();
  let server: DatabaseServer;

  beforeAll(async () => {
    server = await startDatabaseServer(engine);
  }, OUTAGE_MS);

  afterAll(() => server.dispose(), OUTAGE_MS);

  test(
    "gaps on the LLM's levels are answered from memory, others from O*NET with the reason, and nobody is asked",
    async () => {
      const databaseUrl = await server.createDatabase();
      const { client } = await processes.startApi({ databaseUrl, environment: accessToLlm(stub) });
      const before = await answered(client, llmGapPath(FIRST, SECOND));
      const asked = stub.requests.length;

      await server.stop();

      const held = await client.get(llmGapPath(FIRST, SECOND));
      const others = [await llmGap(client, llmGapPath(FIRST, THIRD)), await llmGap(client, llmGapPath(SECOND, FIRST))];
      const stored = await client.get(assessmentPath(FIRST));
      const requested = await new AdminClient(client).post('/assessments', { all: true });
      const reason = {
        code: 'DATABASE_UNAVAILABLE',
        detail: 'What the LLM has said is kept in the database, which is away.',
      };
      expect([held.status, held.body, held.header('etag')]).toEqual([200, before.body, before.header('etag')]);
      expect(others).toEqual([
        await expectedFallback(client, FIRST, THIRD, reason),
        await expectedFallback(client, SECOND, FIRST, reason),
      ]);
      expect(gistOf(stored)).toBe('503 DATABASE_UNAVAILABLE');
      expect(gistOf(requested)).toBe('503 DATABASE_UNAVAILABLE');
      expect(stub.requests).toHaveLength(asked);

      await server.start();

      await eventually(
        'the LLM is asked again',
        async () => (await llmGap(client, llmGapPath(FIRST, THIRD))).assessment === 'llm',
        BACK_WITHIN_MS,
      );
      expect((await client.get(llmGapPath(FIRST, SECOND))).header('etag')).toBe(before.header('etag'));
      expect(stub.assessmentsOf(FIRST)).toHaveLength(1);
    },
    OUTAGE_MS,
  );
});
