import { ApiProperty } from '@nestjs/swagger';
import type { ReleaseSnapshot, SnapshotOccupation } from '@app/occupations';
import { OccupationRefDto } from '../../occupations/dto/occupation-ref.dto';

/** What every gap says beside its skills: between which occupations it is, and from which release. */
export abstract class GapDto {
  @ApiProperty({ type: OccupationRefDto, description: 'The occupation that the person has.' })
  from_occupation!: OccupationRefDto;

  @ApiProperty({
    type: OccupationRefDto,
    description: 'The occupation that the person wants.',
    example: { code: '11-3013.00', title: 'Facilities Managers', source: 'text', pulled_at: null },
  })
  to_occupation!: OccupationRefDto;

  @ApiProperty({ description: 'Version of the O*NET release that the answer is built from.', example: '30.1' })
  release!: string;

  /** That part of the answer. */
  protected static between(
    snapshot: ReleaseSnapshot,
    { from, to }: { readonly from: SnapshotOccupation; readonly to: SnapshotOccupation },
  ): Pick<GapDto, keyof GapDto> {
    return {
      from_occupation: OccupationRefDto.of(snapshot, from),
      to_occupation: OccupationRefDto.of(snapshot, to),
      release: snapshot.release.version,
    };
  }
}
