import { ApiProperty } from '@nestjs/swagger';
import type { RatedSkill, ReleaseSnapshot, SnapshotOccupation } from '@app/occupations';
import { OccupationRefDto } from './occupation-ref.dto';

class OccupationSkillDto {
  @ApiProperty({ description: 'O*NET element id of the skill.', example: '2.B.3.e' })
  element_id!: string;

  @ApiProperty({ description: 'O*NET element name of the skill.', example: 'Programming' })
  skill_name!: string;

  @ApiProperty({ description: 'Level, on the LV scale (0-7).', example: 4.12, minimum: 0, maximum: 7 })
  level!: number;

  @ApiProperty({
    description: 'Raters of the level; null where O*NET gives none.',
    example: 8,
    type: 'integer',
    nullable: true,
  })
  level_n!: number | null;

  @ApiProperty({
    description: 'Standard error of the level, in points of the scale; null where O*NET gives none.',
    example: 0.5154,
    type: 'number',
    nullable: true,
  })
  level_standard_error!: number | null;

  @ApiProperty({ description: 'O*NET recommends to suppress the level: its standard error is large.', example: true })
  level_recommend_suppress!: boolean;

  @ApiProperty({ description: 'Importance, on the IM scale (1-5).', example: 4, minimum: 1, maximum: 5 })
  importance!: number;

  @ApiProperty({
    description: 'Raters of the importance; null where O*NET gives none.',
    example: 8,
    type: 'integer',
    nullable: true,
  })
  importance_n!: number | null;

  @ApiProperty({
    description: 'Standard error of the importance, in points of the scale; null where O*NET gives none.',
    example: 0.378,
    type: 'number',
    nullable: true,
  })
  importance_standard_error!: number | null;

  @ApiProperty({ description: 'O*NET recommends to suppress the importance.', example: false })
  importance_recommend_suppress!: boolean;

  @ApiProperty({
    description: 'Most raters called the skill unimportant for the occupation; null where O*NET does not say.',
    example: false,
    type: 'boolean',
    nullable: true,
  })
  not_relevant!: boolean | null;
}

export class OccupationSkillsDto {
  @ApiProperty({
    type: OccupationRefDto,
    description: 'The occupation.',
    example: { code: '15-1252.00', title: 'Software Developers', source: 'text', pulled_at: null },
  })
  occupation!: OccupationRefDto;

  @ApiProperty({ description: 'Version of the O*NET release that the answer is built from.', example: '30.1' })
  release!: string;

  @ApiProperty({ type: [OccupationSkillDto], description: 'Every skill of the release, in O*NET element order.' })
  skills!: OccupationSkillDto[];

  static of(
    snapshot: ReleaseSnapshot,
    { occupation, skills }: { readonly occupation: SnapshotOccupation; readonly skills: readonly RatedSkill[] },
  ): OccupationSkillsDto {
    return {
      occupation: OccupationRefDto.of(snapshot, occupation),
      release: snapshot.release.version,
      skills: skills.map(({ skill, level, importance, notRelevant }) => ({
        element_id: skill.elementId,
        skill_name: skill.name,
        level: level.value,
        level_n: level.n,
        level_standard_error: level.standardError,
        level_recommend_suppress: level.recommendSuppress,
        importance: importance.value,
        importance_n: importance.n,
        importance_standard_error: importance.standardError,
        importance_recommend_suppress: importance.recommendSuppress,
        not_relevant: notRelevant,
      })),
    };
  }
}
