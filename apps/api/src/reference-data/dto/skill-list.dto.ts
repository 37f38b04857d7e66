import { ApiProperty } from '@nestjs/swagger';
import type { ReleaseSnapshot } from '@app/occupations';

class SkillDto {
  @ApiProperty({ description: 'O*NET element id of the skill.', example: '2.A.1.a' })
  element_id!: string;

  @ApiProperty({ description: 'O*NET element name of the skill.', example: 'Reading Comprehension' })
  skill_name!: string;
}

export class SkillListDto {
  @ApiProperty({ description: 'Version of the O*NET release that the answer is built from.', example: '30.1' })
  release!: string;

  @ApiProperty({ type: [SkillDto], description: 'In O*NET element order.' })
  items!: SkillDto[];

  static of({ release, skills }: ReleaseSnapshot): SkillListDto {
    return {
      release: release.version,
      items: skills.map(({ elementId, name }) => ({ element_id: elementId, skill_name: name })),
    };
  }
}
