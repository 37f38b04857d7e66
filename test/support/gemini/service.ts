import type { Answer } from '../stubs/answers';
import type { Fault } from './faults';
import { generationAnswer } from './generation';
import { errorAnswer, InvalidArgument, invalidKeyAnswer, retryInfo } from './google-errors';
import { composeReply } from './replies';
import { parseBody } from './request-body';
import type { SeenRequest } from './request-log';

export const KEY = 'stub-gemini-api-key-0001';

const ALIAS = /^gemini-[a-z-]+-latest$/;
const MODEL = /^gemini-\d[\w.-]*$/;
const MINUTE = '60s';

export interface ServiceState {
  /** What stands behind an alias. */
  readonly modelVersion: string;
  readonly levelOf: (code: string, skillName: string) => number | null;
  readonly responseId: string;
  /** More requests have come than are allowed. */
  readonly isExhausted: boolean;
}

/** Answers as Gemini would; a fault in the reply damages it before or while it takes the form of the protocol. */
export function answerTo(request: SeenRequest, state: ServiceState, fault: Fault | null): Answer {
  const { method, model, key, headers } = request;
  if (method !== 'POST' || model === null) return errorAnswer(404, 'Requested entity was not found.');
  if (key === null) {
    return headers.authorization === undefined
      ? errorAnswer(403, "Method doesn't allow unregistered callers. Please use an API key.")
      : errorAnswer(401, 'Request had invalid authentication credentials.');
  }
  if (key !== KEY) return invalidKeyAnswer();
  if (state.isExhausted) {
    return errorAnswer(429, `You exceeded your current quota. Please retry in ${MINUTE}.`, [retryInfo(MINUTE)]);
  }
  const modelVersion = ALIAS.test(model) ? state.modelVersion : model;
  if (!MODEL.test(model) && !ALIAS.test(model)) {
    return errorAnswer(404, `models/${model} is not found for API version v1beta.`);
  }
  try {
    const { schema, maxOutputTokens } = parseBody(request.body);
    const usual = composeReply(request, schema, state.levelOf);
    const reply = fault?.kind === 'reply' ? fault.change(usual) : usual;
    const { prompt } = request;
    const text = JSON.stringify(reply, null, 2);
    return generationAnswer({ prompt, text, modelVersion, responseId: state.responseId, maxOutputTokens }, fault);
  } catch (error) {
    if (error instanceof InvalidArgument) return error.answer;
    throw error;
  }
}
