import type { Answer } from '../support/e2e/http';
import { gistOf, problemOf } from '../support/e2e/problems';
import { levelGapPath, llmGapPath } from '../support/llm/paths';
import { useApiWithLlm } from '../support/llm/use-api-with-llm';

const RATED = '11-1011.00';
const UNRATED = '15-2051.00';
const UNKNOWN = '99-9999.99';

describe("A request for a gap on the LLM's levels", () => {
  const { api, stub } = useApiWithLlm();

  test.each([
    ['', 'from to'],
    [`?from=${RATED}`, 'to'],
    [`?from=11-1011&to=${RATED}`, 'from'],
    [`?from=${RATED}&to=11-1011.00%0A`, 'to'],
    [`?from=${RATED}&from=${RATED}&to=${RATED}`, 'from'],
    [`?from=${RATED}&to=${RATED}&include_llm_descriptions=yes`, 'include_llm_descriptions'],
    [`?from=${RATED}&to=${RATED}&include_llm_descriptions=`, 'include_llm_descriptions'],
    [`?from=${RATED}&to=${RATED}&include_llm_descriptions=TRUE`, 'include_llm_descriptions'],
    [`?from=${RATED}&to=${RATED}&include_llm_descriptions=1`, 'include_llm_descriptions'],
    [
      `?from=${RATED}&to=${RATED}&include_llm_descriptions=true&include_llm_descriptions=false`,
      'include_llm_descriptions',
    ],
    [`?from=${RATED}&to=${RATED}&model=another`, 'model'],
    [`?from=${RATED}&to=${RATED}&Include_llm_descriptions=true`, 'Include_llm_descriptions'],
  ])('is refused with %j, and told which parameters are wrong', async (query, parameters) => {
    const answer = await api.client.get(`/api/v1/skill-gap-llm${query}`);

    expect(gistOf(answer)).toBe(`400 VALIDATION_FAILED ${parameters}`);
  });

  test.each([
    [RATED, UNKNOWN, '404 OCCUPATION_NOT_FOUND to'],
    [UNKNOWN, RATED, '404 OCCUPATION_NOT_FOUND from'],
    [RATED, UNRATED, '422 OCCUPATION_NOT_RATED to'],
    [UNRATED, UNRATED, '422 OCCUPATION_NOT_RATED from to'],
    [UNRATED, UNKNOWN, '404 OCCUPATION_NOT_FOUND to'],
  ])('from %s to %s has the same error as that for the gap by level', async (from, to, gist) => {
    const llm = await api.client.get(llmGapPath(from, to));
    const byLevel = await api.client.get(levelGapPath(from, to));

    const told = (answer: Answer): object => ({
      ...problemOf(answer),
      instance: undefined,
      request_id: undefined,
    });
    expect(gistOf(llm)).toBe(gist);
    expect(told(llm)).toEqual(told(byLevel));
    expect(llm.header('etag')).toBeUndefined();
  });

  test('that is wrong never reaches the LLM', async () => {
    await api.client.get(llmGapPath(RATED, UNRATED));
    await api.client.get(llmGapPath(UNKNOWN, RATED));
    await api.client.get(`${llmGapPath(RATED, RATED)}&x=1`);

    expect(stub.requests).toEqual([]);
  });
});
