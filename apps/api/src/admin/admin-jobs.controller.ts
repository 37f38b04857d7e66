import { Body, Controller, Get, HttpCode, HttpStatus, Param, Post, Query, Res } from '@nestjs/common';
import { ApiOperation } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { JobsService } from '@app/jobs';
import { ApiAcceptedJob, ApiAnswer, ApiIdParam, validationExample, type ProblemExample } from '../http/api-docs';
import { NoParameters } from '../http/no-parameters.dto';
import { JobPathDto } from '../jobs/dto/job-path.dto';
import { JobDto } from '../jobs/dto/job.dto';
import { acceptedJob } from '../jobs/accepted-job';
import { ADMIN_PREFIX } from './admin-access';
import { ADMIN_PROBLEMS, AdminRoutes, BODY_PROBLEMS } from './admin-docs';
import { AdminJobListDto, AdminJobListQueryDto } from './dto/admin-job.dto';

const PATH = `${ADMIN_PREFIX}/jobs`;
const EXAMPLE_ID = '3f0c8a52-6f0e-4d4e-9d0a-2b8f6c1d7e91';
const BAD_STATE = validationExample(
  'state',
  '"state" must be one of queued, active, completed, failed, cancelled, not "done"',
);
const ONE_JOB_PROBLEMS: readonly ProblemExample[] = [
  validationExample('id', '"id" must be a UUID such as 3f0c8a52-6f0e-4d4e-9d0a-2b8f6c1d7e90, not "7"'),
  { code: 'NOT_FOUND', detail: `There is no job ${EXAMPLE_ID}. Jobs are forgotten after 30 days.` },
  ...BODY_PROBLEMS,
  ...ADMIN_PROBLEMS,
];

@AdminRoutes()
@Controller(PATH)
export class AdminJobsController {
  constructor(private readonly jobs: JobsService) {}

  @Get()
  @ApiOperation({ operationId: 'listJobs', summary: 'Jobs, newest first, with what only admins may see' })
  @ApiAnswer(PATH, AdminJobListDto, 'A page of jobs.', [BAD_STATE, ...ADMIN_PROBLEMS])
  async list(@Query() query: AdminJobListQueryDto): Promise<AdminJobListDto> {
    return AdminJobListDto.of(await this.jobs.list(query, query.page, query.page_size), query);
  }

  @Post(':id/cancel')
  @HttpCode(HttpStatus.ACCEPTED)
  @ApiOperation({
    operationId: 'cancelJob',
    summary: 'Cancel a job',
    description: 'One that waits is cancelled at once; one that runs stops at its next step, within seconds.',
  })
  @ApiIdParam('Id of the job.')
  @ApiAcceptedJob(`${PATH}/${EXAMPLE_ID}/cancel`, JobDto, 'The job, cancelled or about to be.', [
    { code: 'CONFLICT', detail: `The job ${EXAMPLE_ID} is completed and cannot be cancelled.` },
    ...ONE_JOB_PROBLEMS,
  ])
  async cancel(
    @Param() { id }: JobPathDto,
    @Query() _none: NoParameters,
    @Body() _nothing: NoParameters,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<JobDto> {
    return acceptedJob(await this.jobs.cancel(id), reply);
  }

  @Post(':id/retry')
  @HttpCode(HttpStatus.ACCEPTED)
  @ApiOperation({ operationId: 'retryJob', summary: 'Queue a job once more that has failed or was cancelled' })
  @ApiIdParam('Id of the job.')
  @ApiAcceptedJob(`${PATH}/${EXAMPLE_ID}/retry`, JobDto, 'The job, queued.', [
    {
      code: 'CONFLICT',
      detail: `The job ${EXAMPLE_ID} is completed: only failed and cancelled jobs can be retried.`,
    },
    ...ONE_JOB_PROBLEMS,
  ])
  async retry(
    @Param() { id }: JobPathDto,
    @Query() _none: NoParameters,
    @Body() _nothing: NoParameters,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<JobDto> {
    return acceptedJob(await this.jobs.retry(id), reply);
  }
}
