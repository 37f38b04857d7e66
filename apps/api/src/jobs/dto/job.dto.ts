import { ApiProperty } from '@nestjs/swagger';
import { JOB_STATES, type Job, type JobState } from '@app/database';

/** How far the work is. */
interface JobProgressDto {
  readonly stage: string;
  readonly done: number;
  readonly total: number | null;
}

/** What went wrong. */
interface JobErrorDto {
  readonly code: string;
  readonly detail: string;
}

/** Slow work that somebody asked for. */
export class JobDto {
  @ApiProperty({ description: 'Id of the job.', example: '3f0c8a52-6f0e-4d4e-9d0a-2b8f6c1d7e90', format: 'uuid' })
  id!: string;

  @ApiProperty({ description: 'Kind of work.', example: 'import-release' })
  type!: string;

  @ApiProperty({ description: '`completed`, `failed` and `cancelled` are final.', enum: JOB_STATES, example: 'active' })
  state!: JobState;

  @ApiProperty({
    description: 'How far the work is, written at most once a second; null where nothing is known.',
    type: 'object',
    nullable: true,
    properties: {
      stage: { type: 'string', description: 'Step that the work is at.', example: 'normalising' },
      done: { type: 'integer', description: 'How much of the step is done; bytes or rows.', example: 31_290 },
      total: {
        type: 'integer',
        nullable: true,
        description: 'How much there is to do; null where it is not known.',
        example: 62_580,
      },
    },
    required: ['stage', 'done', 'total'],
  })
  progress!: JobProgressDto | null;

  @ApiProperty({ description: 'How many times the work was begun.', example: 1, type: 'integer' })
  attempt!: number;

  @ApiProperty({ description: 'When it was asked for.', example: '2026-11-21T09:00:00.000Z', format: 'date-time' })
  created_at!: string;

  @ApiProperty({
    description: 'When it was first begun.',
    example: '2026-11-21T09:00:00.020Z',
    format: 'date-time',
    type: String,
    nullable: true,
  })
  started_at!: string | null;

  @ApiProperty({
    description: 'When it ended.',
    example: '2026-11-21T09:00:02.500Z',
    format: 'date-time',
    type: String,
    nullable: true,
  })
  finished_at!: string | null;

  @ApiProperty({
    description: 'What went wrong: of a failed job, or of the last attempt of one that is repeated.',
    type: 'object',
    nullable: true,
    properties: {
      code: { type: 'string', description: 'Stable code to program against.', example: 'RELEASE_UNUSABLE' },
      detail: { type: 'string', description: 'What went wrong.', example: 'Skills.txt has no usable row.' },
    },
    required: ['code', 'detail'],
  })
  error!: JobErrorDto | null;

  static of(job: Job): JobDto {
    const { progressStage: stage, progressDone: done, progressTotal: total } = job;
    return {
      id: job.id,
      type: job.type,
      state: job.state,
      progress: stage === null ? null : { stage, done: done ?? 0, total },
      attempt: job.attempt,
      created_at: job.createdAt.toISOString(),
      started_at: job.startedAt?.toISOString() ?? null,
      finished_at: job.finishedAt?.toISOString() ?? null,
      error: job.errorCode === null ? null : { code: job.errorCode, detail: job.errorDetail ?? '' },
    };
  }
}
