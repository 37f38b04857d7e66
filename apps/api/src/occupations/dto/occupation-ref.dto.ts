import { ApiProperty } from '@nestjs/swagger';
import type { DataSource, ReleaseSnapshot, SnapshotOccupation } from '@app/occupations';

/** Where the figures of an occupation come from. */
export class OccupationSourceDto {
  @ApiProperty({
    description:
      'Where its figures come from: the files of the release, or the O*NET Web Services; these have the newest release.',
    enum: ['text', 'web_services'],
    example: 'text',
  })
  source!: DataSource;

  @ApiProperty({
    description:
      'When it was pulled from the Web Services, since the release lacks it or does not rate it; null for an occupation ' +
      'of the release itself.',
    example: null,
    format: 'date-time',
    type: String,
    nullable: true,
  })
  pulled_at!: string | null;
}

/** The source of an occupation as a snapshot has it. */
export function sourceOf(
  { release }: ReleaseSnapshot,
  { pulledAt }: SnapshotOccupation,
): { source: DataSource; pulled_at: string | null } {
  return { source: pulledAt === null ? release.source : 'web_services', pulled_at: pulledAt };
}

/** An occupation by name. */
export class OccupationRefDto extends OccupationSourceDto {
  @ApiProperty({ description: 'O*NET-SOC code.', example: '11-1011.00' })
  code!: string;

  @ApiProperty({ description: 'Title in the release.', example: 'Chief Executives' })
  title!: string;

  static of(snapshot: ReleaseSnapshot, occupation: SnapshotOccupation): OccupationRefDto {
    const { code, title } = occupation;
    return { code, title, ...sourceOf(snapshot, occupation) };
  }
}
