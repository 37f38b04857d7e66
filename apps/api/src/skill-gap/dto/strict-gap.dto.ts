import { ApiProperty } from '@nestjs/swagger';
import type { ReleaseSnapshot } from '@app/occupations';
import type { SkillGap } from '@app/skill-gap';
import { OccupationRefDto } from '../../occupations/dto/occupation-ref.dto';

export class StrictGapDto {
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

  @ApiProperty({
    description: 'Names of the skills at level 0 in `from` and above 0 in `to`, in O*NET element order.',
    type: [String],
    example: ['Installation', 'Equipment Maintenance', 'Repairing'],
  })
  skill_gaps!: string[];

  static of(snapshot: ReleaseSnapshot, gap: SkillGap<string>): StrictGapDto {
    return {
      from_occupation: OccupationRefDto.of(snapshot, gap.from),
      to_occupation: OccupationRefDto.of(snapshot, gap.to),
      release: gap.release,
      skill_gaps: gap.gaps,
    };
  }
}
