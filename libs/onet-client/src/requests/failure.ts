import type { OnetApiConfig } from '@app/config';
import {
  OnetCredentialsError,
  OnetLimitedError,
  OnetMalformedError,
  OnetNoDataError,
  OnetRefusedError,
  OnetUnreachableError,
  type OnetError,
} from '../onet-errors';
import type { Protocol } from '../protocols/protocol';
import type { Outcome } from './exchange';
import type { OnetRequest } from './onet-request';
import { errorTextOf, meansNoData, quotable } from './refusal-text';

/** Where the Web Services do not say when to ask again after a 429. */
const DEFAULT_RETRY_AFTER_MS = 5000;

/** The error that an outcome other than an answer of 200 ends in, once there is no other attempt. */
export function failureOf(outcome: Outcome, request: OnetRequest, api: OnetApiConfig, protocol: Protocol): OnetError {
  const services = `The O*NET Web Services at ${api.baseUrl}`;
  switch (outcome.kind) {
    case 'network':
      return new OnetUnreachableError(`${services} cannot be reached (${outcome.code}).`, null);
    case 'timeout':
      return new OnetUnreachableError(`${services} did not answer within ${api.timeoutMs} ms.`, null);
    case 'too-large':
      return new OnetMalformedError(request.about, 'it is larger than any answer should be');
    case 'answer':
      return failureOfAnswer(outcome, request, services, protocol);
  }
}

function failureOfAnswer(
  { status, retryAfterMs, body }: Outcome & { kind: 'answer' },
  { about, mayHaveNoData }: OnetRequest,
  services: string,
  { secrets, settings }: Protocol,
): OnetError {
  if (status === 401 || status === 403) {
    return new OnetCredentialsError(`${services} refuse the credentials (${status}): check ${settings}.`);
  }
  if (status === 429) {
    return new OnetLimitedError(`${services} are asked too often (429).`, retryAfterMs ?? DEFAULT_RETRY_AFTER_MS);
  }
  if (status >= 500) return new OnetUnreachableError(`${services} failed (${status}).`, retryAfterMs);
  if (status < 400) {
    const fault = status < 300 ? `the answer is ${status}` : `it is a redirect (${status}): check ONET_API_BASE_URL`;
    return new OnetMalformedError(about, fault);
  }
  const text = status === 422 ? errorTextOf(body) : null;
  if (status === 422 && mayHaveNoData && meansNoData(text)) {
    return new OnetNoDataError(`The O*NET Web Services have no data for ${about}.`);
  }
  const reason = quotable(text, secrets);
  return new OnetRefusedError(`${services} refuse ${about} (${status})${reason === '' ? '.' : `: ${reason}`}`);
}
