import type { OpenAPIObject } from '@nestjs/swagger';
import { isHealthRoute } from '../health/watched-routes';
import { PROBLEM, problemResponse, type ProblemExample, type ProblemResponse } from './api-docs';
import { MAX_URL_LENGTH } from './request-bounds';

type Operation = NonNullable<OpenAPIObject['paths'][string]['get']>;

const HEADERS = {
  'RateLimit-Limit': numberHeader(
    'Requests that one client may make a minute. Absent, as the next two, where they are not counted.',
  ),
  'RateLimit-Remaining': numberHeader('How many of them are left.'),
  'RateLimit-Reset': numberHeader('Seconds until all of them are there again.'),
};

const TOO_MANY: ProblemExample = { code: 'RATE_LIMITED', detail: 'One client may make 600 requests a minute.' };
const TOO_LONG: ProblemExample = {
  code: 'URI_TOO_LONG',
  detail: `The URL must have at most ${MAX_URL_LENGTH} characters, not ${MAX_URL_LENGTH + 1}.`,
};

/** Adds to every operation what any request may be answered because of what it takes of the server. */
export function describeLimits(document: OpenAPIObject): OpenAPIObject {
  for (const [path, { get, post }] of Object.entries(document.paths)) {
    if (isHealthRoute(path)) continue;
    for (const operation of [get, post]) if (operation !== undefined) describeLimitsOf(operation, path);
  }
  return document;
}

function describeLimitsOf(operation: Operation, path: string): void {
  operation.responses['414'] = problemResponse(path, [TOO_LONG]);
  operation.responses['429'] = withExamplesOf(operation.responses['429'], problemResponse(path, [TOO_MANY]));
  for (const response of Object.values(operation.responses)) {
    if (response !== undefined && 'description' in response) response.headers = { ...response.headers, ...HEADERS };
  }
}

/** What else the status may mean here goes on standing beside what it may mean everywhere. */
function withExamplesOf(own: Operation['responses'][string], common: ProblemResponse): ProblemResponse {
  if (own === undefined || !('content' in own)) return common;
  const { examples } = (own as ProblemResponse).content[PROBLEM];
  const everywhere = Object.fromEntries(
    Object.entries(common.content[PROBLEM].examples).map(([code, example]) => [`${code} (any request)`, example]),
  );
  const content = { [PROBLEM]: { ...common.content[PROBLEM], examples: { ...examples, ...everywhere } } };
  return { ...common, content };
}

function numberHeader(description: string) {
  return { description, required: false, schema: { type: 'integer' as const } };
}
