import { ApiProperty } from '@nestjs/swagger';
import { JOB_STATES, type JobState, type RejectedRow } from '@app/database';
import type { RecordedIngestion, RejectionSummary } from '@app/ingestion';
import { PageDto, type PageQueryDto } from '../../http/page-query.dto';

class TableCountsDto {
  @ApiProperty({ description: 'Source file, or table of the Web Services.', example: 'Skills.txt' })
  source_file!: string;

  @ApiProperty({ description: 'Rows that were landed as delivered.', example: 62_580, type: 'integer' })
  landed!: number;

  @ApiProperty({ description: 'Rows that were normalised.', example: 62_579, type: 'integer' })
  normalised!: number;

  @ApiProperty({ description: 'Rows that were rejected, in either step.', example: 1, type: 'integer' })
  rejected!: number;

  @ApiProperty({
    description:
      'Rows that were landed and are fine, but about what nobody asks for, such as elements that are no skills.',
    example: 0,
    type: 'integer',
  })
  unneeded!: number;
}

/** What the rows of a release came to. */
interface QualityDto {
  readonly compared_with: number | null;
  readonly landed: number;
  readonly normalised: number;
  readonly unchanged: number;
  readonly deduplicated: number;
  readonly rejected: number;
  readonly unneeded: number;
}

const rows = (description: string, example: number): { type: 'integer'; description: string; example: number } => ({
  type: 'integer',
  description,
  example,
});

/** One ingestion; its state is that of its job. */
export class IngestionDto {
  @ApiProperty({
    description: 'Id of the ingestion and of its job.',
    example: '3f0c8a52-6f0e-4d4e-9d0a-2b8f6c1d7e90',
    format: 'uuid',
  })
  id!: string;

  @ApiProperty({ description: 'What is ingested.', enum: ['release', 'occupation'], example: 'release' })
  kind!: string;

  @ApiProperty({ description: 'Where it comes from.', enum: ['text', 'web_services'], example: 'text' })
  source!: string;

  @ApiProperty({
    description: 'Folder or archive that is read; of the Web Services their host, or the code of the occupation.',
    example: 'db_30_1_text.zip',
  })
  origin!: string;

  @ApiProperty({ description: 'State of the job.', enum: JOB_STATES, example: 'completed' })
  state!: JobState;

  @ApiProperty({
    description: 'Release that was loaded; null while there is none, or where it is not kept any more.',
    example: 2,
    type: 'integer',
    nullable: true,
  })
  release_id!: number | null;

  @ApiProperty({ description: 'Rows by source file; empty until they are counted.', type: [TableCountsDto] })
  tables!: TableCountsDto[];

  @ApiProperty({
    description: 'What the rows came to, over all tables; null until it is known, and for single occupations.',
    type: 'object',
    nullable: true,
    properties: {
      compared_with: {
        type: 'integer',
        nullable: true,
        description: 'Release that was in service, and that the rows were compared with; null where there was none.',
        example: 1,
      },
      landed: rows('Rows that were landed.', 63_627),
      normalised: rows('Rows that were normalised.', 63_625),
      unchanged: rows('Of those: the same in the release that was in service.', 59_217),
      deduplicated: rows('Rows that were not used since one with the same key was there already.', 1),
      rejected: rows('Rows that were not used for another reason.', 1),
      unneeded: rows('Rows that are fine, but about what nobody asks for.', 0),
    },
    required: ['compared_with', 'landed', 'normalised', 'unchanged', 'deduplicated', 'rejected', 'unneeded'],
  })
  quality!: QualityDto | null;

  @ApiProperty({
    description: 'Why the release was not activated, or not loaded, or why the job failed; null where all went well.',
    example: 'Not activated: 12 of 894 occupations with ratings are incomplete (more than 1 %).',
    type: String,
    nullable: true,
  })
  note!: string | null;

  @ApiProperty({ description: 'Who asked for it.', example: 'admin 1f0c7a0c' })
  requested_by!: string;

  @ApiProperty({ description: 'When it was asked for.', example: '2026-11-21T09:00:00.000Z', format: 'date-time' })
  created_at!: string;

  @ApiProperty({
    description: 'When it ended.',
    example: '2026-11-21T09:00:02.500Z',
    format: 'date-time',
    type: String,
    nullable: true,
  })
  finished_at!: string | null;

  static of({ ingestion, job }: RecordedIngestion): IngestionDto {
    const { quality } = ingestion;
    return {
      id: ingestion.id,
      kind: ingestion.kind,
      source: ingestion.source,
      origin: ingestion.origin,
      state: job.state,
      release_id: ingestion.releaseId,
      tables: Object.entries(ingestion.counts).map(([source_file, counts]) => ({
        source_file,
        unneeded: 0,
        ...counts,
      })),
      quality:
        quality === null
          ? null
          : {
              compared_with: quality.comparedWith,
              landed: quality.landed,
              normalised: quality.normalised,
              unchanged: quality.unchanged,
              deduplicated: quality.deduplicated,
              rejected: quality.rejected,
              unneeded: quality.unneeded ?? 0,
            },
      note: ingestion.error ?? job.errorDetail,
      requested_by: job.requestedBy,
      created_at: job.createdAt.toISOString(),
      finished_at: job.finishedAt?.toISOString() ?? null,
    };
  }
}

export class IngestionListDto extends PageDto {
  @ApiProperty({ type: [IngestionDto], description: 'Newest first.' })
  items!: IngestionDto[];

  static of(
    found: { readonly items: readonly RecordedIngestion[]; readonly total: number },
    { page, page_size }: PageQueryDto,
  ): IngestionListDto {
    return { items: found.items.map((item) => IngestionDto.of(item)), page, page_size, total: found.total };
  }
}

class RejectionKindDto {
  @ApiProperty({ description: 'Kind of fault.', example: 'OUT_OF_SCALE' })
  code!: string;

  @ApiProperty({ description: 'Rows that have it.', example: 3, type: 'integer' })
  rows!: number;

  @ApiProperty({ description: 'File of the first of them.', example: 'Skills.txt' })
  source_file!: string;

  @ApiProperty({ description: 'Line of the first of them; the header is line 1.', example: 17, type: 'integer' })
  line_no!: number;

  @ApiProperty({ description: 'What is wrong with the first of them.', example: '9.00 is above the maximum 7 of LV' })
  reason!: string;
}

export class IngestionDetailDto extends IngestionDto {
  @ApiProperty({ type: [RejectionKindDto], description: 'What was rejected, most frequent first.' })
  rejections!: RejectionKindDto[];

  static ofDetail(found: RecordedIngestion & { readonly rejections: readonly RejectionSummary[] }): IngestionDetailDto {
    return Object.assign(IngestionDto.of(found), {
      rejections: found.rejections.map(({ code, rows, example }) => ({
        code,
        rows,
        source_file: example.sourceFile,
        line_no: example.lineNo,
        reason: example.reason,
      })),
    });
  }
}

class RejectedRowDto {
  @ApiProperty({ description: 'File that the row stands in.', example: 'Skills.txt' })
  source_file!: string;

  @ApiProperty({ description: 'Line in the file; the header is line 1.', example: 17, type: 'integer' })
  line_no!: number;

  @ApiProperty({ description: 'Kind of fault.', example: 'OUT_OF_SCALE' })
  code!: string;

  @ApiProperty({ description: 'What is wrong.', example: '9.00 is above the maximum 7 of LV' })
  reason!: string;

  @ApiProperty({
    description: 'The row as delivered, cut at 4,000 characters.',
    example: '11-1011.00\t2.A.1.a\tReading Comprehension\tLV\t9.00',
  })
  raw!: string;
}

export class RejectedRowListDto extends PageDto {
  @ApiProperty({ type: [RejectedRowDto], description: 'In the order of the source.' })
  items!: RejectedRowDto[];

  static of(
    found: { readonly items: readonly RejectedRow[]; readonly total: number },
    { page, page_size }: PageQueryDto,
  ): RejectedRowListDto {
    const items = found.items.map(({ sourceFile, lineNo, reasonCode, reason, raw }) => ({
      source_file: sourceFile,
      line_no: lineNo,
      code: reasonCode,
      reason,
      raw,
    }));
    return { items, page, page_size, total: found.total };
  }
}
