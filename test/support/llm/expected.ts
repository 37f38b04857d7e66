import type { Sample } from '../e2e/sample';
import type { GeminiStub } from '../gemini/gemini-stub';
import type { LlmGapItem } from './answers';

/** The gap that there must be on the levels of the stub, made in the plainest way there is. */
export function expectedGap(stub: GeminiStub, sample: Sample, from: string, to: string): LlmGapItem[] {
  const onet = (code: string, id: string): number => Number(sample.rating(code, id, 'LV')['Data Value']);
  return [...sample.skills]
    .flatMap(([id, name], order) => {
      const [a, b] = [stub.levelOf(from, name), stub.levelOf(to, name)];
      if (a === null || b === null || b <= a) return [];
      const item = {
        element_id: id,
        skill_name: name,
        from_proficiency_level: a,
        to_proficiency_level: b,
        from_onet_level: onet(from, id),
        to_onet_level: onet(to, id),
        llm_gap_description: `The gap in ${name} can be closed by practice under supervision.`,
        from_llm_explanation: `The occupation ${from} needs ${name} at level ${a}.`,
        to_llm_explanation: `The occupation ${to} needs ${name} at level ${b}.`,
      };
      return [{ item, order, difference: Math.round(b * 100) - Math.round(a * 100) }];
    })
    .sort((x, y) => y.difference - x.difference || x.order - y.order)
    .map(({ item }) => item);
}
