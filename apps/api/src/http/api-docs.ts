import { applyDecorators, type Type } from '@nestjs/common';
import {
  ApiAcceptedResponse,
  ApiExtraModels,
  ApiOkResponse,
  ApiParam,
  ApiResponse,
  ApiProperty,
  ApiSecurity,
  getSchemaPath,
} from '@nestjs/swagger';
import { ONET_SOC_CODE_PATTERN, type ErrorCode, type ParameterError } from '@app/common';
import { JobDto } from '../jobs/dto/job.dto';
import { NEVER_SHED, SHED_DETAIL } from '../overload/never-shed';
import { UUID_PATTERN } from './parameter-rules';
import { createProblem, PROBLEM_STATUS, PROBLEM_TITLE, RETRY_AFTER_SECONDS } from './problem';

/** One faulty parameter, or one faulty field of the body. */
class ProblemErrorDto {
  @ApiProperty({ description: 'Name of the parameter, where it is one.', example: 'from', required: false })
  parameter?: string;

  @ApiProperty({
    description: 'JSON pointer to the field of the body, where it is one; empty for the body as a whole.',
    example: '/path',
    required: false,
  })
  pointer?: string;

  @ApiProperty({
    description: 'What is wrong with it, and what would be right.',
    example: '"from" must be an O*NET-SOC code such as 11-1011.00, not "abc"',
  })
  message!: string;
}

/** An error, after RFC 9457. */
export class ProblemDto {
  @ApiProperty({ description: 'URN of the kind of problem.', example: 'urn:problem:validation-failed' })
  type!: string;

  @ApiProperty({ description: 'The kind of problem in few words.', example: PROBLEM_TITLE.VALIDATION_FAILED })
  title!: string;

  @ApiProperty({ description: 'The HTTP status.', example: 400, type: 'integer' })
  status!: number;

  @ApiProperty({ description: 'What went wrong this time.', example: '"from" is missing: give an O*NET-SOC code.' })
  detail!: string;

  @ApiProperty({ description: 'Path of the request.', example: '/api/v1/skill-gap' })
  instance!: string;

  @ApiProperty({ description: 'Stable code to program against.', enum: Object.keys(PROBLEM_STATUS) })
  code!: ErrorCode;

  @ApiProperty({ description: 'Id of the request, as in the X-Request-Id header and the log.', example: 'b1f0c0de-…' })
  request_id!: string;

  @ApiProperty({
    description: 'The faulty parameters or fields, where that is the problem.',
    type: [ProblemErrorDto],
    required: false,
  })
  errors?: ProblemErrorDto[];

  @ApiProperty({
    description: 'The job that stands in the way, where one does.',
    example: '3f0c8a52-6f0e-4d4e-9d0a-2b8f6c1d7e90',
    format: 'uuid',
    required: false,
  })
  job_id?: string;
}

const EXAMPLE_JOB_ID = '3f0c8a52-6f0e-4d4e-9d0a-2b8f6c1d7e90';
const EXAMPLE_REQUEST_ID = 'b1f0c0de-7d2b-4c39-9d57-4f1b0a1c2d3e';

/** Header of every answer. */
export const REQUEST_ID = {
  'X-Request-Id': {
    description: 'Id of the request: the one the client sent in this header, or a new one.',
    schema: { type: 'string' as const },
  },
};

const LOCATION = {
  Location: { description: 'Where the job is to be found.', schema: { type: 'string' as const } },
};

const RETRY_AFTER = {
  'Retry-After': {
    description: 'Seconds after which to ask again.',
    schema: { type: 'integer' as const, example: RETRY_AFTER_SECONDS },
  },
};

const RELEASE_ANSWER = {
  ...REQUEST_ID,
  ETag: {
    description: 'Changes with the release in service. Send it as If-None-Match to be told 304 while it is the same.',
    schema: { type: 'string' as const },
  },
  'Cache-Control': {
    description: 'Always `no-cache`: keep the answer, but ask whether it still holds.',
    schema: { type: 'string' as const },
  },
};

/** As RELEASE_ANSWER; but what may be another answer the next time comes without them. */
const LLM_ANSWER = {
  ...REQUEST_ID,
  ETag: {
    ...RELEASE_ANSWER.ETag,
    description:
      "Changes with the release in service and with what the LLM has said. Only where nothing of the LLM's is missing.",
    required: false,
  },
  'Cache-Control': {
    ...RELEASE_ANSWER['Cache-Control'],
    description: '`no-cache` where there is an ETag: keep the answer, but ask whether it still holds.',
    required: false,
  },
};

/** A problem as an example in the documentation. */
export interface ProblemExample {
  readonly code: ErrorCode;
  readonly detail: string;
  readonly errors?: readonly ParameterError[];
  readonly jobId?: string;
}

const NOT_READY: ProblemExample = {
  code: 'NOT_READY',
  detail: 'No O*NET release is loaded yet. Try again shortly.',
};

/** Documents an answer that is built from the release in service, and the problems a client may meet instead. */
export function ApiReleaseAnswer(
  path: string,
  type: Type,
  description: string,
  problems: readonly ProblemExample[],
  headers: typeof RELEASE_ANSWER = RELEASE_ANSWER,
): MethodDecorator {
  return applyDecorators(
    ApiOkResponse({ type, description, headers }),
    ApiResponse({
      status: 304,
      description: 'The answer that the client has (If-None-Match) still holds.',
      headers: REQUEST_ID,
    }),
    ApiProblems(path, [...problems, NOT_READY]),
  );
}

/** Documents an answer that is not built from the release in service. */
export function ApiAnswer(
  path: string,
  type: Type,
  description: string,
  problems: readonly ProblemExample[],
): MethodDecorator {
  return applyDecorators(ApiOkResponse({ type, description, headers: REQUEST_ID }), ApiProblems(path, problems));
}

/** Documents an answer to slow work that was asked for: the job, and where to ask how far it is. */
export function ApiAcceptedJob(
  path: string,
  type: Type,
  description: string,
  problems: readonly ProblemExample[],
): MethodDecorator {
  return applyDecorators(
    ApiAcceptedResponse({ type, description, headers: { ...REQUEST_ID, ...LOCATION } }),
    ApiProblems(path, problems),
  );
}

/**
 * Documents an answer that is built from the release in service, and from the Web Services where that has not what is
 * asked for.
 */
export function ApiPulledAnswer(
  path: string,
  type: Type,
  description: string,
  problems: readonly ProblemExample[],
): MethodDecorator {
  return applyDecorators(
    ApiAnswerThatMayWait(path, type, description, problems),
    ApiWaiting('An occupation is still being pulled from the O*NET Web Services, by this job. Ask again.'),
  );
}

/** As {@link ApiPulledAnswer}, where the LLM takes part as well. */
export function ApiLlmAnswer(
  path: string,
  type: Type,
  description: string,
  problems: readonly ProblemExample[],
): MethodDecorator {
  return applyDecorators(
    ApiAnswerThatMayWait(path, type, description, problems, LLM_ANSWER),
    ApiWaiting(
      'The LLM is still being asked, or an occupation pulled from the O*NET Web Services, by this job. Ask again.',
    ),
  );
}

function ApiAnswerThatMayWait(
  path: string,
  type: Type,
  description: string,
  problems: readonly ProblemExample[],
  headers?: typeof RELEASE_ANSWER,
): MethodDecorator {
  return applyDecorators(
    ApiSecurity({}),
    ApiSecurity(API_KEY_SCHEME),
    ApiReleaseAnswer(path, type, description, [...problems, ...PULL_PROBLEMS], headers),
  );
}

function ApiWaiting(description: string): MethodDecorator {
  return ApiAcceptedResponse({ type: JobDto, description, headers: { ...REQUEST_ID, ...LOCATION, ...RETRY_AFTER } });
}

const PULL_PROBLEMS: readonly ProblemExample[] = [
  { code: 'FORBIDDEN', detail: 'The X-API-Key is none of the API keys.' },
  {
    code: 'RATE_LIMITED',
    detail: 'Too many occupations were asked for that the release in service does not have.',
  },
  {
    code: 'ONET_UNAVAILABLE',
    detail: 'The release in service does not have it. The O*NET Web Services do not answer.',
  },
  {
    code: 'DATABASE_UNAVAILABLE',
    detail:
      'The release in service does not have it, and what else there may be is kept in the database, which is away.',
  },
];

/** Name of the scheme in the OpenAPI document. */
export const API_KEY_SCHEME = 'client';

const OVERLOADED: ProblemExample = { code: 'OVERLOADED', detail: SHED_DETAIL };

/** Documents the problems that a client of an answer of another kind may meet, and those of every route. */
export function ApiProblems(path: string, problems: readonly ProblemExample[]): MethodDecorator {
  const all = NEVER_SHED.has(path) ? problems : [...problems, OVERLOADED];
  const statuses = [...new Set(all.map(({ code }) => PROBLEM_STATUS[code]))];
  return applyDecorators(
    ApiExtraModels(ProblemDto),
    ...statuses.map((status) => {
      const ofStatus = all.filter(({ code }) => PROBLEM_STATUS[code] === status);
      return ApiResponse({ status, ...problemResponse(path, ofStatus) });
    }),
  );
}

/** Media type of problems, without its charset. */
export const PROBLEM = 'application/problem+json';

/** An answer of the OpenAPI document that is a problem. */
export interface ProblemResponse {
  readonly description: string;
  readonly headers: typeof REQUEST_ID & Partial<typeof RETRY_AFTER>;
  readonly content: {
    readonly [PROBLEM]: {
      readonly schema: { readonly $ref: string };
      readonly examples: Record<string, { readonly value: object }>;
    };
  };
}

/** Describes the problems of one status. */
export function problemResponse(path: string, problems: readonly ProblemExample[]): ProblemResponse {
  const mayBeRepeated = problems.some(({ code }) => PROBLEM_STATUS[code] === 503 || PROBLEM_STATUS[code] === 429);
  return {
    description: problems.map(({ code }) => `\`${code}\`: ${PROBLEM_TITLE[code]}.`).join(' '),
    headers: mayBeRepeated ? { ...REQUEST_ID, ...RETRY_AFTER } : REQUEST_ID,
    content: {
      [PROBLEM]: {
        schema: { $ref: getSchemaPath(ProblemDto) },
        examples: Object.fromEntries(
          problems.map(({ code, detail, errors, jobId }) => [
            code,
            { value: createProblem(code, detail, { id: EXAMPLE_REQUEST_ID, url: path }, errors, jobId) },
          ]),
        ),
      },
    },
  };
}

/** Documents a path parameter that is an O*NET-SOC code. */
export function ApiCodeParam(example: string): MethodDecorator {
  return ApiParam({
    name: 'code',
    description: 'O*NET-SOC code.',
    schema: { type: 'string', pattern: ONET_SOC_CODE_PATTERN.source, example },
  });
}

/** Documents a path parameter that is the id of a job. */
export function ApiIdParam(description: string): MethodDecorator {
  return ApiParam({
    name: 'id',
    description,
    schema: { type: 'string', format: 'uuid', pattern: UUID_PATTERN.source, example: EXAMPLE_JOB_ID },
  });
}

/** What a parameter error looks like in the documentation. */
export function validationExample(parameter: string, message: string): ProblemExample {
  return { code: 'VALIDATION_FAILED', detail: `${message}.`, errors: [{ parameter, message }] };
}

/** What an unknown parameter looks like in the documentation. */
export const UNKNOWN_PARAMETER = validationExample('x', '"x" is not a parameter of this request; it takes none');
