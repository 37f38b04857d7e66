import { look, Observer } from '../support/e2e/observer';
import { readSample, SAMPLE_FOLDER } from '../support/e2e/sample';
import { useGeminiStub } from '../support/gemini/use-gemini-stub';
import { accessToLlm } from '../support/llm/access';
import { levelGapPath, strictGapPath } from '../support/llm/paths';
import { describeInEveryMode } from '../support/modes';
import { naiveGapByLevel, naiveStrictGap, readNaiveLevels } from '../support/naive-gap';

const ASKED_EVERY_MS = 250;

const { rated } = readSample();
/** Every occupation is on either side of some pairs. */
const pairs = rated.flatMap((from, index) =>
  [1, 7, 23].map((step) => [from, rated[(index + step) % rated.length] ?? ''] as const),
);
const paths = [
  ...pairs.flatMap(([from, to]) => [strictGapPath(from, to), levelGapPath(from, to)]),
  ...rated.map((code) => `/api/v1/occupations/${code}/skills`),
];

describeInEveryMode('What is answered from O*NET alone', (mode) => {
  const stub = useGeminiStub();

  test('is the same to the byte before, while and after the LLM assesses every occupation', async () => {
    const { api, admin, query } = await mode.start(accessToLlm(stub));
    stub.latencyMs = 50;
    const before = await look(api.client, paths);

    const { id } = (await admin.post('/assessments', { all: true })).json() as { id: string };
    const observer = new Observer(
      api.client,
      paths.filter((_, index) => index % 10 === 0),
      ASKED_EVERY_MS,
    );
    const job = await admin.ended(id);
    const during = await observer.stop();
    const after = await look(api.client, paths);

    expect(job).toMatchObject({ state: 'completed', error: null });
    expect(stub.requests.map(({ code }) => code).sort()).toEqual(rated.toSorted());
    expect(await query('SELECT reply_id FROM llm_skill_assessments')).toHaveLength(rated.length * 35);
    expect(after).toEqual(before);
    const known = new Map(before.map((sighting) => [sighting.path, sighting]));
    for (const sighting of during) expect(sighting).toEqual(known.get(sighting.path));
    expect(during.length).toBeGreaterThan(paths.length / 10);

    const levels = await readNaiveLevels(SAMPLE_FOLDER);
    const answer = (path: string): { skill_gaps: unknown[] } =>
      JSON.parse(after.find((sighting) => sighting.path === path)?.body ?? '') as { skill_gaps: unknown[] };
    for (const [from, to] of pairs) {
      expect(answer(strictGapPath(from, to)).skill_gaps).toEqual(naiveStrictGap(levels, from, to));
      expect(answer(levelGapPath(from, to)).skill_gaps).toEqual(
        naiveGapByLevel(levels, from, to).map(([id, a, b]) => ({
          element_id: id,
          skill_name: levels.elements.get(id),
          from_proficiency_level: a / 100,
          to_proficiency_level: b / 100,
        })),
      );
    }
  });
});
