import { Controller, Get, Header, Headers, HttpStatus, Param, Query, Req, Res, StreamableFile } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { JobsService, JobWatcher } from '@app/jobs';
import {
  ApiAnswer,
  ApiIdParam,
  ApiProblems,
  REQUEST_ID,
  validationExample,
  type ProblemExample,
} from '../http/api-docs';
import { ClientAccess } from '../clients/client-access';
import { NoParameters } from '../http/no-parameters.dto';
import { clientOf } from '../rate-limit/client-key';
import { JobPathDto } from './dto/job-path.dto';
import { JobDto } from './dto/job.dto';
import { EventStreams, MAX_STREAMS_OF_CLIENT } from './event-streams';
import { hasSeenTheEnd, jobEvents } from './job-events';

const PROBLEMS: readonly ProblemExample[] = [
  validationExample('id', '"id" must be a UUID such as 3f0c8a52-6f0e-4d4e-9d0a-2b8f6c1d7e90, not "7"'),
  {
    code: 'NOT_FOUND',
    detail: 'There is no job 3f0c8a52-6f0e-4d4e-9d0a-2b8f6c1d7e91. Jobs are forgotten after 30 days.',
  },
  { code: 'DATABASE_UNAVAILABLE', detail: 'Jobs are kept in the database, which is away.' },
];

const TOO_MANY_STREAMS: readonly ProblemExample[] = [
  { code: 'RATE_LIMITED', detail: `One client may follow ${MAX_STREAMS_OF_CLIENT} jobs at the same time.` },
];

@ApiTags('Jobs')
@Controller('api/v1/jobs')
export class JobsController {
  constructor(
    private readonly jobs: JobsService,
    private readonly watcher: JobWatcher,
    private readonly clients: ClientAccess,
    private readonly streams: EventStreams,
  ) {}

  @Get(':id')
  @Header('Cache-Control', 'no-store')
  @ApiOperation({ operationId: 'getJob', summary: 'State and progress of slow work that was asked for' })
  @ApiIdParam('Id of the job.')
  @ApiAnswer('/api/v1/jobs/3f0c8a52-6f0e-4d4e-9d0a-2b8f6c1d7e91', JobDto, 'The job.', PROBLEMS)
  async get(@Param() { id }: JobPathDto, @Query() _none: NoParameters): Promise<JobDto> {
    return JobDto.of(await this.jobs.get(id));
  }

  @Get(':id/events')
  @Header('Cache-Control', 'no-store')
  @Header('X-Accel-Buffering', 'no')
  @ApiOperation({
    operationId: 'followJob',
    summary: 'The same as server-sent events',
    description:
      'One event `job` for what is, and one for each change, with the job as JSON in its data. The stream ends with the ' +
      'job. A client that connects again after that with its `Last-Event-ID` is told 204, which ends an `EventSource`. ' +
      'One client may have 20 streams at the same time.',
  })
  @ApiIdParam('Id of the job.')
  @ApiOkResponse({
    description: 'The events.',
    content: { 'text/event-stream': { schema: { type: 'string' } } },
    headers: REQUEST_ID,
  })
  @ApiResponse({ status: 204, description: 'The job is over, and the client has seen its end.' })
  @ApiProblems('/api/v1/jobs/3f0c8a52-6f0e-4d4e-9d0a-2b8f6c1d7e91/events', [...PROBLEMS, ...TOO_MANY_STREAMS])
  async follow(
    @Param() { id }: JobPathDto,
    @Query() _none: NoParameters,
    @Headers('last-event-id') lastEventId: unknown,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<StreamableFile | undefined> {
    const job = await this.jobs.get(id);
    if (hasSeenTheEnd(job, lastEventId)) {
      void reply.status(HttpStatus.NO_CONTENT);
      return undefined;
    }
    const giveBack = this.streams.take(clientOf(request, this.clients.keyOf(request)));
    const stop = new AbortController();
    // a client that wants no body is not to wait for the end of one
    if (request.method === 'HEAD') stop.abort();
    const events = jobEvents(this.watcher.follow(job, stop.signal), stop).once('close', giveBack);
    return new StreamableFile(events, { type: 'text/event-stream' });
  }
}
