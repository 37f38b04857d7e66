import { ApiProperty } from '@nestjs/swagger';
import type { ReleaseSnapshot } from '@app/occupations';
import type { SkillGap, SkillLevelGap } from '@app/skill-gap';
import { GapDto } from './gap.dto';

class LevelGapItemDto {
  @ApiProperty({ description: 'O*NET element id of the skill.', example: '2.B.3.j' })
  element_id!: string;

  @ApiProperty({ description: 'O*NET element name of the skill.', example: 'Equipment Maintenance' })
  skill_name!: string;

  @ApiProperty({ description: 'Level in `from`, on the LV scale (0-7).', example: 0, minimum: 0, maximum: 7 })
  from_proficiency_level!: number;

  @ApiProperty({ description: 'Level in `to`, on the LV scale (0-7).', example: 2.25, minimum: 0, maximum: 7 })
  to_proficiency_level!: number;
}

export class LevelGapDto extends GapDto {
  @ApiProperty({
    description:
      'Skills for which `to` needs a higher level than `from`, largest difference first, ties in O*NET element order. ' +
      'The order helps reading only: levels of different skills are anchored differently and do not compare.',
    type: [LevelGapItemDto],
  })
  skill_gaps!: LevelGapItemDto[];

  static of(snapshot: ReleaseSnapshot, gap: SkillGap<SkillLevelGap>): LevelGapDto {
    return {
      ...GapDto.between(snapshot, gap),
      skill_gaps: gap.gaps.map(({ elementId, skillName, fromLevel, toLevel }) => ({
        element_id: elementId,
        skill_name: skillName,
        from_proficiency_level: fromLevel,
        to_proficiency_level: toLevel,
      })),
    };
  }
}
