import { Body, Controller, Get, HttpCode, HttpStatus, Param, Post, Query, Req, Res } from '@nestjs/common';
import { ApiBody, ApiExtraModels, ApiOperation, getSchemaPath } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { IngestionHistoryService, IngestionRequestsService } from '@app/ingestion';
import { ApiAcceptedJob, ApiAnswer, ApiIdParam, validationExample, type ProblemExample } from '../http/api-docs';
import { NoParameters } from '../http/no-parameters.dto';
import { PageQueryDto } from '../http/page-query.dto';
import { VariantBodyPipe } from '../http/parameters.pipe';
import { JobPathDto } from '../jobs/dto/job-path.dto';
import { JobDto } from '../jobs/dto/job.dto';
import { acceptedJob } from '../jobs/accepted-job';
import { ADMIN_PREFIX, adminOf } from './admin-access';
import { ADMIN_PROBLEMS, AdminRoutes, BODY_PROBLEMS } from './admin-docs';
import { IngestionDetailDto, IngestionListDto, RejectedRowListDto } from './dto/ingestion.dto';
import {
  DirectoryIngestionDto,
  DownloadIngestionDto,
  toPayload,
  WebServicesIngestionDto,
  type StartIngestionDto,
} from './dto/start-ingestion.dto';

const PATH = `${ADMIN_PREFIX}/ingestions`;
const EXAMPLE_ID = '3f0c8a52-6f0e-4d4e-9d0a-2b8f6c1d7e91';
const BAD_PAGE = validationExample('page_size', '"page_size" must be a whole number from 1 to 200, not "1000"');
const BAD_ID = validationExample('id', '"id" must be a UUID such as 3f0c8a52-6f0e-4d4e-9d0a-2b8f6c1d7e90, not "7"');
const NOT_FOUND: ProblemExample = { code: 'NOT_FOUND', detail: `There is no ingestion ${EXAMPLE_ID}.` };
const BAD_PATH = '"path" must name a folder or .zip below ONET_DATA_ROOT, such as 30.1; "40.9" is not there';
const START_PROBLEMS: readonly ProblemExample[] = [
  { code: 'VALIDATION_FAILED', detail: `${BAD_PATH}.`, errors: [{ pointer: '/path', message: BAD_PATH }] },
  {
    code: 'CONFLICT',
    detail: `This release is being ingested already, by job ${EXAMPLE_ID}.`,
    jobId: EXAMPLE_ID,
  },
  ...BODY_PROBLEMS,
  ...ADMIN_PROBLEMS,
];

/** What is asked for, by where it comes from. */
const VARIANTS = {
  directory: DirectoryIngestionDto,
  download: DownloadIngestionDto,
  web_services: WebServicesIngestionDto,
};

@AdminRoutes()
@ApiExtraModels(DirectoryIngestionDto, DownloadIngestionDto, WebServicesIngestionDto)
@Controller(PATH)
export class AdminIngestionsController {
  constructor(
    private readonly requests: IngestionRequestsService,
    private readonly history: IngestionHistoryService,
  ) {}

  @Post()
  @HttpCode(HttpStatus.ACCEPTED)
  @ApiOperation({
    operationId: 'startIngestion',
    summary: 'Ingest a release, again or for the first time',
    description:
      'Answers at once; the job tells how far it is. What is served stays as it is until the release is loaded and ' +
      'checked. There is one ingestion at a time of the same release.',
  })
  @ApiBody({
    schema: {
      oneOf: Object.values(VARIANTS).map((dto) => ({ $ref: getSchemaPath(dto) })),
      discriminator: {
        propertyName: 'source',
        mapping: Object.fromEntries(Object.entries(VARIANTS).map(([source, dto]) => [source, getSchemaPath(dto)])),
      },
    },
    examples: {
      directory: { summary: 'A folder below ONET_DATA_ROOT', value: { source: 'directory', path: '30.1' } },
      download: { summary: 'A published release', value: { source: 'download', release: '30.1' } },
      web_services: {
        summary: 'What has changed in the O*NET Web Services',
        value: { source: 'web_services', incremental: true },
      },
    },
  })
  @ApiAcceptedJob(PATH, JobDto, 'It is asked for; this is its job.', START_PROBLEMS)
  async start(
    @Body(new VariantBodyPipe('source', VARIANTS)) body: StartIngestionDto,
    @Query() _none: NoParameters,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<JobDto> {
    return acceptedJob(await this.requests.request(toPayload(body), adminOf(request)), reply);
  }

  @Get()
  @ApiOperation({ operationId: 'listIngestions', summary: 'Ingestions, newest first' })
  @ApiAnswer(PATH, IngestionListDto, 'A page of ingestions.', [BAD_PAGE, ...ADMIN_PROBLEMS])
  async list(@Query() query: PageQueryDto): Promise<IngestionListDto> {
    return IngestionListDto.of(await this.history.list(query.page, query.page_size), query);
  }

  @Get(':id')
  @ApiOperation({ operationId: 'getIngestion', summary: 'One ingestion: its rows by table, and what it rejected' })
  @ApiIdParam('Id of the ingestion, which is that of its job.')
  @ApiAnswer(`${PATH}/${EXAMPLE_ID}`, IngestionDetailDto, 'The ingestion.', [BAD_ID, NOT_FOUND, ...ADMIN_PROBLEMS])
  async get(@Param() { id }: JobPathDto, @Query() _none: NoParameters): Promise<IngestionDetailDto> {
    return IngestionDetailDto.ofDetail(await this.history.get(id));
  }

  @Get(':id/rejected-rows')
  @ApiOperation({ operationId: 'listRejectedRows', summary: 'Rows that an ingestion could not use, and why' })
  @ApiIdParam('Id of the ingestion, which is that of its job.')
  @ApiAnswer(`${PATH}/${EXAMPLE_ID}/rejected-rows`, RejectedRowListDto, 'A page of rows.', [
    BAD_ID,
    NOT_FOUND,
    ...ADMIN_PROBLEMS,
  ])
  async listRejectedRows(@Param() { id }: JobPathDto, @Query() query: PageQueryDto): Promise<RejectedRowListDto> {
    return RejectedRowListDto.of(await this.history.rejectedRows(id, query.page, query.page_size), query);
  }
}
