import { setTimeout as sleep } from 'node:timers/promises';
import type { ApiClient } from '../e2e/api-client';
import type { Answer } from '../e2e/http';

const WITHIN_MS = 30_000;
const POLL_MS = 100;

interface Reason {
  readonly code: string;
  readonly detail: string;
}

export interface LlmGapItem {
  readonly element_id: string;
  readonly skill_name: string;
  readonly from_proficiency_level: number;
  readonly to_proficiency_level: number;
  readonly from_onet_level: number;
  readonly to_onet_level: number;
  readonly llm_gap_description: string | null;
  readonly from_llm_explanation: string | null;
  readonly to_llm_explanation: string | null;
}

/** A gap on levels of the LLM, or on those of O*NET. */
export interface LlmGapView {
  readonly from_occupation: object;
  readonly to_occupation: object;
  readonly release: string;
  readonly assessment: 'llm' | 'fallback';
  readonly reason: Reason | null;
  readonly model: string | null;
  readonly prompt_version: string | null;
  readonly assessed_at: string | null;
  readonly skill_gaps: readonly LlmGapItem[];
  readonly unassessed_skills: readonly object[];
}

/** The answer to a request that may have to be repeated, as a client does that is told to. @throws Error for an error */
export async function answered(client: ApiClient, path: string): Promise<Answer> {
  const deadline = Date.now() + WITHIN_MS;
  for (;;) {
    const answer = await client.get(path);
    if (answer.status === 200) return answer;
    if (answer.status !== 202) throw new Error(`${path}: ${answer.status} ${answer.body}`);
    if (Date.now() > deadline) throw new Error(`${path}: not within ${WITHIN_MS} ms; ${answer.body}`);
    await sleep(POLL_MS);
  }
}

/** What {@link answered} brings. */
export async function llmGap(client: ApiClient, path: string): Promise<LlmGapView> {
  return (await answered(client, path)).json() as LlmGapView;
}
