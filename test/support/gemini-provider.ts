import { toConfig, type LlmConfig } from '@app/config';
import { GeminiProvider } from '../../libs/llm/src/provider/gemini-provider';
import type { LlmQuestion } from '../../libs/llm/src/provider/llm-provider';
import { assessmentSchema } from '../../libs/llm/src/replies/assessment-reply';
import type { GeminiStub } from './gemini/gemini-stub';
import { SKILLS } from './snapshots';

/** A question that the stub understands. */
export const QUESTION: LlmQuestion = {
  instruction: 'You are an analyst.',
  prompt: 'How much of each skill does it need?',
  schema: assessmentSchema('15-1252.00', SKILLS),
};

/** The way to a stub, as it is by default but for what a test wants to be different. */
export function geminiAt(stub: GeminiStub, changes: Partial<LlmConfig> = {}, key = stub.key): GeminiProvider {
  const { llm } = toConfig({ GEMINI_BASE_URL: stub.url });
  return new GeminiProvider({ ...llm, timeoutMs: 5000, ...changes }, key);
}
