import { ApiProperty } from '@nestjs/swagger';
import { JOB_STATES, type Job, type JobState } from '@app/database';
import { IsOneOfParameter, MatchesParameter } from '../../http/parameter-rules';
import { PageDto, PageQueryDto } from '../../http/page-query.dto';
import { JobDto } from '../../jobs/dto/job.dto';

const TYPE = /^[a-z][a-z0-9-]{0,63}$/;

export class AdminJobListQueryDto extends PageQueryDto {
  @ApiProperty({ description: 'Only jobs in this state.', required: false, enum: JOB_STATES, type: String })
  @IsOneOfParameter(JOB_STATES)
  state?: JobState;

  @ApiProperty({ description: 'Only jobs of this kind.', required: false, pattern: TYPE.source, type: String })
  @MatchesParameter(TYPE, 'the name of a kind of job such as import-release', { optional: true })
  type?: string;
}

/** A job with what only admins may see. */
export class AdminJobDto extends JobDto {
  @ApiProperty({
    description: 'What was asked for.',
    example: { source: 'directory', path: '30.1' },
    type: 'object',
    additionalProperties: true,
  })
  payload!: Record<string, unknown>;

  @ApiProperty({
    description: 'What it came to; null until it is known.',
    example: { outcome: 'loaded' },
    type: 'object',
    additionalProperties: true,
    nullable: true,
  })
  result!: Record<string, unknown> | null;

  @ApiProperty({ description: 'Who asked for it.', example: 'admin 1f0c7a0c' })
  requested_by!: string;

  @ApiProperty({
    description: 'Id of the request that asked for it, as in the log; null where no request did.',
    example: 'b1f0c0de-7d2b-4c39-9d57-4f1b0a1c2d3e',
    type: String,
    nullable: true,
  })
  request_id!: string | null;

  @ApiProperty({
    description: '`queue`: whichever process has room runs it; `inline`: only the one that asked for it does.',
    enum: ['queue', 'inline'],
    example: 'queue',
  })
  place!: string;

  @ApiProperty({
    description: 'Process that runs it.',
    example: 'worker-1:4711:a1b2c3d4#1',
    type: String,
    nullable: true,
  })
  owner!: string | null;

  @ApiProperty({ description: 'How many attempts ended in an error of the work itself.', example: 0, type: 'integer' })
  failures!: number;

  @ApiProperty({ description: 'Whether it was asked to stop.', example: false })
  cancel_requested!: boolean;

  @ApiProperty({
    description: 'The error as it was thrown.',
    example: 'Error: out of luck',
    type: String,
    nullable: true,
  })
  raw_error!: string | null;

  static override of(job: Job): AdminJobDto {
    return Object.assign(JobDto.of(job), {
      payload: JSON.parse(job.payload) as Record<string, unknown>,
      result: job.result === null ? null : (JSON.parse(job.result) as Record<string, unknown>),
      requested_by: job.requestedBy,
      request_id: job.requestId,
      place: job.place,
      owner: job.owner,
      failures: job.failures,
      cancel_requested: job.cancelRequested,
      raw_error: job.errorRaw,
    });
  }
}

export class AdminJobListDto extends PageDto {
  @ApiProperty({ type: [AdminJobDto], description: 'Newest first.' })
  items!: AdminJobDto[];

  static of(
    found: { readonly items: readonly Job[]; readonly total: number },
    { page, page_size }: PageQueryDto,
  ): AdminJobListDto {
    return { items: found.items.map((job) => AdminJobDto.of(job)), page, page_size, total: found.total };
  }
}
