import { ApiProperty } from '@nestjs/swagger';
import type { SnapshotOccupation } from '@app/occupations';

/** An occupation by name. */
export class OccupationRefDto {
  @ApiProperty({ description: 'O*NET-SOC code.', example: '11-1011.00' })
  code!: string;

  @ApiProperty({ description: 'Title in the release.', example: 'Chief Executives' })
  title!: string;

  static of({ code, title }: SnapshotOccupation): OccupationRefDto {
    return { code, title };
  }
}
