import { type Answer, jsonAnswer } from '../stubs/answers';
import type { Fault } from './faults';

const CHARACTERS_PER_TOKEN = 4;

/** What a model has made of a prompt, before it takes the form of the protocol. */
export interface Generation {
  readonly prompt: string;
  readonly text: string;
  /** The name of the model that answers, whatever alias was asked for. */
  readonly modelVersion: string;
  readonly responseId: string;
  readonly maxOutputTokens: number | undefined;
}

/** About what a tokeniser would count. */
function tokensOf(text: string): number {
  return Math.ceil(text.length / CHARACTERS_PER_TOKEN);
}

/** The answer to a valid request, with what a fault does to it; faults of the connection leave it as it is. */
export function generationAnswer(generation: Generation, fault: Fault | null): Answer {
  const { text, maxOutputTokens = Infinity } = generation;
  switch (fault?.kind) {
    case 'blocked':
      return answerOf(generation, '', { promptFeedback: { blockReason: 'SAFETY' } });
    case 'safety':
      return answerOf(generation, '', { candidates: [{ finishReason: 'SAFETY', index: 0 }] });
    case 'truncated':
      return candidateAnswer(generation, text.slice(0, Math.floor(text.length / 2)), 'MAX_TOKENS');
    case 'malformed':
      return candidateAnswer(generation, `Here is what you asked for: ${text.slice(0, Math.floor(text.length / 2))}`);
    case 'fenced':
      return candidateAnswer(generation, `\`\`\`json\n${text}\n\`\`\``);
    case 'empty':
      return candidateAnswer(generation, '');
    case 'no-usage':
      return jsonAnswer(200, { candidates: [candidate(text, 'STOP')], ...origin(generation) });
    default:
      if (tokensOf(text) <= maxOutputTokens) return candidateAnswer(generation, text);
      return candidateAnswer(generation, text.slice(0, maxOutputTokens * CHARACTERS_PER_TOKEN), 'MAX_TOKENS');
  }
}

function candidateAnswer(generation: Generation, text: string, finishReason = 'STOP'): Answer {
  return answerOf(generation, text, { candidates: [candidate(text, finishReason)] });
}

function candidate(text: string, finishReason: string): object {
  return { content: { parts: [{ text }], role: 'model' }, finishReason, index: 0 };
}

function answerOf(generation: Generation, text: string, outcome: object): Answer {
  return jsonAnswer(200, { ...outcome, usageMetadata: usage(generation.prompt, text), ...origin(generation) });
}

/** Models that think count their thoughts as well, and say so only where there are any. */
function usage(prompt: string, text: string): object {
  const [promptTokenCount, candidatesTokenCount] = [tokensOf(prompt), tokensOf(text)];
  if (candidatesTokenCount === 0) return { promptTokenCount, totalTokenCount: promptTokenCount };
  const thoughtsTokenCount = Math.ceil(candidatesTokenCount / 2);
  const totalTokenCount = promptTokenCount + candidatesTokenCount + thoughtsTokenCount;
  return { promptTokenCount, candidatesTokenCount, totalTokenCount, thoughtsTokenCount };
}

function origin({ modelVersion, responseId }: Generation): object {
  return { modelVersion, responseId };
}
