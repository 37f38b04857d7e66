import { ApiProperty } from '@nestjs/swagger';
import type { ReleaseSnapshot } from '@app/occupations';
import type { SkillGap } from '@app/skill-gap';
import { GapDto } from './gap.dto';

export class StrictGapDto extends GapDto {
  @ApiProperty({
    description: 'Names of the skills at level 0 in `from` and above 0 in `to`, in O*NET element order.',
    type: [String],
    example: ['Installation', 'Equipment Maintenance', 'Repairing'],
  })
  skill_gaps!: string[];

  static of(snapshot: ReleaseSnapshot, gap: SkillGap<string>): StrictGapDto {
    return {
      ...GapDto.between(snapshot, gap),
      skill_gaps: gap.gaps,
    };
  }
}
