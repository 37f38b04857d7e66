import type { ApiClient } from '../e2e/api-client';
import type { LlmGapView } from './answers';
import { levelGapPath } from './paths';

interface LevelGapItem {
  readonly from_proficiency_level: number;
  readonly to_proficiency_level: number;
}

interface LevelGapView {
  readonly skill_gaps: readonly LevelGapItem[];
}

/** What has to be answered where there is nothing of the LLM to be had, made of the gap by level of the same process. */
export async function expectedFallback(
  client: ApiClient,
  from: string,
  to: string,
  reason: LlmGapView['reason'],
): Promise<object> {
  const byLevel = (await client.get(levelGapPath(from, to))).json() as LevelGapView;
  return {
    ...byLevel,
    assessment: 'fallback',
    reason,
    model: null,
    prompt_version: null,
    assessed_at: null,
    skill_gaps: byLevel.skill_gaps.map((item) => ({
      ...item,
      from_onet_level: item.from_proficiency_level,
      to_onet_level: item.to_proficiency_level,
      llm_gap_description: null,
      from_llm_explanation: null,
      to_llm_explanation: null,
    })),
    unassessed_skills: [],
  };
}

/** Anything that is a sentence, and matches. */
export function sentence(pattern: RegExp): string {
  return expect.stringMatching(pattern) as string;
}
