import { ApiProperty } from '@nestjs/swagger';
import type { ReleaseSnapshot } from '@app/occupations';

class LevelAnchorDto {
  @ApiProperty({ description: 'Level that the anchor stands at, on the LV scale (0-7).', example: 4 })
  level!: number;

  @ApiProperty({
    description: 'What somebody at that level can do, as O*NET has it.',
    example: 'Understand an article about a subject of interest',
  })
  description!: string;
}

class SkillDto {
  @ApiProperty({ description: 'O*NET element id of the skill.', example: '2.A.1.a' })
  element_id!: string;

  @ApiProperty({ description: 'O*NET element name of the skill.', example: 'Reading Comprehension' })
  skill_name!: string;

  @ApiProperty({
    description: 'What the skill is, as O*NET has it; null where the release was loaded without descriptions.',
    example: 'Understanding what is written.',
    type: String,
    nullable: true,
  })
  description!: string | null;

  @ApiProperty({
    type: [LevelAnchorDto],
    description: 'What levels of the skill mean, lowest first; empty where the release was loaded without anchors.',
  })
  level_anchors!: LevelAnchorDto[];
}

export class SkillListDto {
  @ApiProperty({ description: 'Version of the O*NET release that the answer is built from.', example: '30.1' })
  release!: string;

  @ApiProperty({ type: [SkillDto], description: 'In O*NET element order.' })
  items!: SkillDto[];

  static of({ release, skills }: ReleaseSnapshot): SkillListDto {
    return {
      release: release.version,
      items: skills.map(({ elementId, name, description, anchors }) => ({
        element_id: elementId,
        skill_name: name,
        description,
        level_anchors: anchors.map((anchor) => ({ level: anchor.level, description: anchor.description })),
      })),
    };
  }
}
