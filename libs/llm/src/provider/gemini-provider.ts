import {
  GoogleGenerativeAI,
  GoogleGenerativeAIFetchError,
  SchemaType,
  type GenerateContentResponse,
  type Schema,
} from '@google/generative-ai';
import type { LlmConfig } from '@app/config';
import { plainText } from '../replies/plain-text';
import type { ReplySchema } from '../replies/reply-schema';
import { LlmCallError, LlmProvider, type LlmAnswer, type LlmFailureKind, type LlmQuestion } from './llm-provider';

/** Far more than a reply needs: a model that does not come to an end is stopped there. */
const MAX_OUTPUT_TOKENS = 32_768;

const MAX_SHOWN = 300;

/** Statuses after which the same request may work a little later. */
const PASSING = new Set([408, 425, 429, 500, 502, 503, 504]);

/** What the answer of Gemini has beyond what its client knows of. */
interface RawAnswer extends GenerateContentResponse {
  readonly modelVersion?: unknown;
}

/** Google's Gemini: temperature 0, replies as JSON of the schema that is asked for. */
export class GeminiProvider extends LlmProvider {
  readonly model: string;
  private readonly client: GoogleGenerativeAI;

  constructor(
    private readonly config: LlmConfig,
    private readonly apiKey: string,
  ) {
    super();
    this.model = config.model;
    this.client = new GoogleGenerativeAI(apiKey);
  }

  async ask({ instruction, prompt, schema }: LlmQuestion, signal: AbortSignal): Promise<LlmAnswer> {
    signal.throwIfAborted();
    const model = this.client.getGenerativeModel(
      {
        model: this.model,
        systemInstruction: instruction,
        generationConfig: {
          temperature: 0,
          candidateCount: 1,
          maxOutputTokens: MAX_OUTPUT_TOKENS,
          responseMimeType: 'application/json',
          responseSchema: toGeminiSchema(schema),
        },
      },
      { baseUrl: this.config.baseUrl },
    );
    // of our own: that of the client leaves its timer running
    const timeout = new AbortController();
    const timer = setTimeout(() => {
      timeout.abort();
    }, this.config.timeoutMs);
    try {
      const { response } = await model.generateContent(prompt, {
        signal: AbortSignal.any([signal, timeout.signal]),
      });
      return answerOf(response);
    } catch (error) {
      signal.throwIfAborted();
      throw timeout.signal.aborted
        ? new LlmCallError('timeout', `Gemini did not answer within ${this.config.timeoutMs} ms.`)
        : this.failureOf(error);
    } finally {
      clearTimeout(timer);
    }
  }

  private failureOf(error: unknown): LlmCallError {
    if (!(error instanceof GoogleGenerativeAIFetchError) || error.status === undefined) {
      return new LlmCallError('unavailable', 'Gemini was not reached, or its answer was not one of Gemini.');
    }
    const { status } = error;
    const { kind, what } = this.meaningOf(status, error);
    // what Gemini says may name the project of the operator
    const message = `Gemini ${what} (HTTP ${status}${this.saidIn(error)}).`;
    return new LlmCallError(kind, message, retryDelayOf(error), `Gemini ${what} (HTTP ${status}).`);
  }

  private meaningOf(status: number, error: GoogleGenerativeAIFetchError): { kind: LlmFailureKind; what: string } {
    if (PASSING.has(status)) {
      return { kind: 'unavailable', what: status === 429 ? 'says that it is asked too often' : 'is not available' };
    }
    if (status === 401 || status === 403 || reasonsOf(error).includes('API_KEY_INVALID')) {
      return { kind: 'refused', what: 'does not accept the key' };
    }
    if (status === 404) return { kind: 'refused', what: `does not know the model ${this.model}` };
    return { kind: 'question-refused', what: 'does not accept the request' };
  }

  /** What Gemini said, without the key, should that stand in it. */
  private saidIn({ message, errorDetails }: GoogleGenerativeAIFetchError): string {
    const marker = /\] (.*)$/s.exec(message)?.[1] ?? '';
    const details = errorDetails === undefined ? '' : ` ${JSON.stringify(errorDetails)}`;
    const text = marker.endsWith(details) ? marker.slice(0, marker.length - details.length) : marker;
    const shown = plainText(text.replaceAll(this.apiKey, '…')).slice(0, MAX_SHOWN).replace(/\.$/, '');
    return shown === '' ? '' : `: ${shown}`;
  }
}

function answerOf(response: RawAnswer): LlmAnswer {
  const { candidates, promptFeedback, usageMetadata, modelVersion } = response;
  const [candidate] = candidates ?? [];
  // what the model thought to itself is marked so; it is no part of the reply
  const parts = (candidate?.content as { parts?: readonly { text?: string; thought?: boolean }[] } | undefined)?.parts;
  const text = parts?.flatMap((part) => (part.thought === true ? [] : (part.text ?? []))).join('') ?? '';
  return {
    text: text === '' ? null : text,
    fault: faultOf(text, candidate?.finishReason, promptFeedback?.blockReason),
    modelVersion: typeof modelVersion === 'string' && /^[\x21-\x7e]{1,100}$/.test(modelVersion) ? modelVersion : null,
    promptTokens: tokens(usageMetadata?.promptTokenCount),
    replyTokens: replyTokensOf(usageMetadata),
  };
}

function faultOf(text: string, finishReason: string | undefined, blockReason: string | undefined): string | null {
  if (blockReason !== undefined) return `The prompt was blocked (${word(blockReason)}).`;
  if (finishReason === 'MAX_TOKENS') return 'The reply was cut off at the limit of its length (MAX_TOKENS).';
  if (finishReason !== undefined && finishReason !== 'STOP') return `The reply was ended (${word(finishReason)}).`;
  return text === '' ? 'The reply is empty.' : null;
}

/** A constant of the protocol, as far as it looks like one. */
function word(text: unknown): string {
  return typeof text === 'string' && /^[A-Z_]{1,40}$/.test(text) ? text : 'for a reason that is not known';
}

function replyTokensOf(usage: RawAnswer['usageMetadata']): number | null {
  const reply = tokens(usage?.candidatesTokenCount);
  const thoughts = tokens((usage as { thoughtsTokenCount?: unknown } | undefined)?.thoughtsTokenCount);
  return reply === null ? thoughts : reply + (thoughts ?? 0);
}

function tokens(count: unknown): number | null {
  return typeof count === 'number' && Number.isSafeInteger(count) && count >= 0 && count < 2 ** 31 ? count : null;
}

function reasonsOf({ errorDetails = [] }: GoogleGenerativeAIFetchError): unknown[] {
  return Array.isArray(errorDetails) ? errorDetails.map((detail) => detail.reason) : [];
}

/** Such as `"7s"` or `"3.5s"`, in one of the details. */
function retryDelayOf({ errorDetails = [] }: GoogleGenerativeAIFetchError): number | null {
  for (const detail of Array.isArray(errorDetails) ? errorDetails : []) {
    const match = /^(\d{1,6}(?:\.\d{1,9})?)s$/.exec(String(detail['retryDelay']));
    if (match !== null) return Math.ceil(Number(match[1]) * 1000);
  }
  return null;
}

/**
 * The schema as Gemini takes it. Limits of numbers and lengths stay here: each of them makes the schema harder to serve,
 * and Gemini refuses those that are too hard.
 */
function toGeminiSchema(schema: ReplySchema): Schema {
  switch (schema.type) {
    case 'object':
      return {
        type: SchemaType.OBJECT,
        properties: Object.fromEntries(
          Object.entries(schema.properties).map(([name, property]) => [name, toGeminiSchema(property)]),
        ),
        required: Object.keys(schema.properties),
      };
    case 'array':
      return { type: SchemaType.ARRAY, items: toGeminiSchema(schema.items) };
    case 'string': {
      const description = schema.description === undefined ? {} : { description: schema.description };
      return schema.enum === undefined
        ? { type: SchemaType.STRING, ...description }
        : { type: SchemaType.STRING, format: 'enum', enum: [...schema.enum], ...description };
    }
    case 'number':
      return { type: SchemaType.NUMBER, nullable: schema.nullable, description: schema.description };
  }
}
