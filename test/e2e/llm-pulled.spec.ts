import { useGeminiStub } from '../support/gemini/use-gemini-stub';
import { accessToLlm } from '../support/llm/access';
import { answered, llmGap } from '../support/llm/answers';
import { assessmentPath, llmGapPath } from '../support/llm/paths';
import { useOnetStub } from '../support/onet-web-services/use-onet-stub';
import { describeInEveryMode } from '../support/pulls/pulling';
import { storedAll } from '../support/pulls/requests';
import { codeOf, SmallRelease } from '../support/release-folder';

const LOCAL = codeOf(0);
const PULLED = codeOf(20);

describeInEveryMode('An occupation that the release in service lacks', (mode) => {
  const onet = useOnetStub({ release: new SmallRelease({ rated: 40 }) });
  const stub = useGeminiStub();

  test('is pulled, and then assessed as any other', async () => {
    const { api, query } = await mode.start(onet, { environment: accessToLlm(stub) });

    const first = await llmGap(api.client, llmGapPath(LOCAL, PULLED));
    await storedAll(query);
    const second = await answered(api.client, llmGapPath(LOCAL, PULLED));
    const assessment = await answered(api.client, assessmentPath(PULLED));

    const pulled = { code: PULLED, source: 'web_services' };
    expect(first).toMatchObject({ assessment: 'llm', reason: null, to_occupation: pulled });
    expect(second.json()).toEqual(first);
    expect(assessment.json()).toMatchObject({ occupation: pulled, agreement: { levels: 4 } });
    expect(stub.assessmentsOf(PULLED)).toHaveLength(1);
  });
});
