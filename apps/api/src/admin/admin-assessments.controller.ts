import { Body, Controller, HttpCode, HttpStatus, Post, Query, Req, Res } from '@nestjs/common';
import { ApiBody, ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { AppError, type OnetSocCode } from '@app/common';
import { AssessmentRequestsService } from '@app/llm';
import { ApiAcceptedJob, REQUEST_ID, type ProblemExample } from '../http/api-docs';
import { NoParameters } from '../http/no-parameters.dto';
import { JobDto } from '../jobs/dto/job.dto';
import { acceptedJob } from '../jobs/accepted-job';
import { ADMIN_PREFIX, adminOf } from './admin-access';
import { ADMIN_PROBLEMS, AdminRoutes, BODY_PROBLEMS } from './admin-docs';
import { AssessmentPlanDto } from './dto/assessment-plan.dto';
import { StartAssessmentDto } from './dto/start-assessment.dto';

const PATH = `${ADMIN_PREFIX}/assessments`;
const ONE_OF_BOTH = 'Give either "codes", a list of O*NET-SOC codes, or "all": true.';
const UNKNOWN = '11-9999.00 is not an occupation of O*NET release 30.1';
const UNRATED = '15-2051.00 (Data Scientists) is listed in O*NET release 30.1 without skill ratings';

const PROBLEMS: readonly ProblemExample[] = [
  { code: 'VALIDATION_FAILED', detail: ONE_OF_BOTH, errors: [{ pointer: '', message: ONE_OF_BOTH }] },
  {
    code: 'OCCUPATION_NOT_FOUND',
    detail: `"/codes/0": ${UNKNOWN}. Search for codes at /api/v1/occupations?q=…`,
    errors: [{ pointer: '/codes/0', message: UNKNOWN }],
  },
  {
    code: 'OCCUPATION_NOT_RATED',
    detail: `"/codes/0": ${UNRATED}.`,
    errors: [{ pointer: '/codes/0', message: UNRATED }],
  },
  { code: 'LLM_UNAVAILABLE', detail: 'The LLM is not configured: set GEMINI_API_KEY, and start again.' },
  { code: 'NOT_READY', detail: 'No O*NET release is loaded yet. Try again shortly.' },
  ...BODY_PROBLEMS,
  ...ADMIN_PROBLEMS,
];

@AdminRoutes()
@Controller(PATH)
export class AdminAssessmentsController {
  constructor(private readonly requests: AssessmentRequestsService) {}

  @Post()
  @HttpCode(HttpStatus.ACCEPTED)
  @ApiOperation({
    operationId: 'startAssessments',
    summary: 'Have the LLM assess occupations, as far as it has not',
    description:
      'Answers at once; the job tells how far it is. Whatever stops it (budget, failures, a restart), what is assessed ' +
      'stays so: retried, the job goes on from there. With `dry_run`, only what it would take is told, with 200.',
  })
  @ApiBody({
    type: StartAssessmentDto,
    examples: {
      codes: { summary: 'Two occupations', value: { codes: ['15-1252.00', '11-1011.00'] } },
      plan: { summary: 'What all of them would take', value: { all: true, dry_run: true } },
      all: { summary: 'All rated occupations', value: { all: true } },
    },
  })
  @ApiOkResponse({
    type: AssessmentPlanDto,
    description: 'What it would take, where `dry_run` is true.',
    headers: REQUEST_ID,
  })
  @ApiAcceptedJob(PATH, JobDto, 'It is asked for; this is its job, or the unfinished one for the same.', PROBLEMS)
  async start(
    @Body() body: StartAssessmentDto,
    @Query() _none: NoParameters,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<JobDto | AssessmentPlanDto> {
    const codes = requestedCodes(body);
    if (body.dry_run !== true) return acceptedJob(await this.requests.request(codes, adminOf(request)), reply);
    void reply.status(HttpStatus.OK);
    return AssessmentPlanDto.of(await this.requests.plan(codes));
  }
}

/** @returns null for all @throws AppError `VALIDATION_FAILED` */
function requestedCodes({ codes, all = false }: StartAssessmentDto): readonly OnetSocCode[] | null {
  if ((codes !== undefined) !== all) return codes ?? null;
  throw new AppError('VALIDATION_FAILED', ONE_OF_BOTH, [{ pointer: '', message: ONE_OF_BOTH }]);
}
