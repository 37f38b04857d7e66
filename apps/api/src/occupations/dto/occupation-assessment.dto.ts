import { ApiProperty } from '@nestjs/swagger';
import {
  agreementOf,
  comparedLevels,
  PROFICIENCIES,
  type Agreement,
  type Proficiency,
  type StoredAssessment,
} from '@app/llm';
import { findOccupation, type ReleaseSnapshot } from '@app/occupations';
import { OccupationRefDto } from './occupation-ref.dto';

class AssessedSkillDto {
  @ApiProperty({ description: 'O*NET element id of the skill.', example: '2.B.3.e' })
  element_id!: string;

  @ApiProperty({ description: 'O*NET element name of the skill.', example: 'Programming' })
  skill_name!: string;

  @ApiProperty({
    description: 'Level as the LLM sees it, on the LV scale (0-7); null where it cannot say.',
    example: 5.5,
    type: 'number',
    nullable: true,
    minimum: 0,
    maximum: 7,
  })
  llm_level!: number | null;

  @ApiProperty({
    description: 'The word that the LLM gave the level; another one than the level may suggest.',
    enum: PROFICIENCIES,
    example: 'Advanced',
  })
  llm_proficiency!: Proficiency;

  @ApiProperty({
    description: 'Why the LLM sees this level (plain text).',
    example: 'Writes, tests and maintains programs of considerable size.',
  })
  llm_explanation!: string;

  @ApiProperty({ description: "O*NET's own level, on the LV scale (0-7).", example: 4.12, minimum: 0, maximum: 7 })
  onet_level!: number;
}

class AgreementDto {
  @ApiProperty({ description: 'Levels that were compared.', example: 35, type: 'integer' })
  levels!: number;

  @ApiProperty({
    description: 'LLM minus O*NET on average, in points of the LV scale; null where nothing was compared.',
    example: 0.21,
    type: 'number',
    nullable: true,
  })
  mean_difference!: number | null;

  @ApiProperty({
    description: 'Distance on average, in points of the LV scale; null where nothing was compared.',
    example: 0.63,
    type: 'number',
    nullable: true,
  })
  mean_absolute_difference!: number | null;

  @ApiProperty({
    description:
      "Spearman's rank correlation of the levels over the skills, from -1 to 1; null where one side does not vary. To be " +
      'read with care: levels of different skills are anchored differently.',
    example: 0.87,
    type: 'number',
    nullable: true,
    minimum: -1,
    maximum: 1,
  })
  rank_correlation!: number | null;

  static of({ levels, meanDifference, meanAbsoluteDifference, rankCorrelation }: Agreement): AgreementDto {
    return {
      levels,
      mean_difference: rounded(meanDifference),
      mean_absolute_difference: rounded(meanAbsoluteDifference),
      rank_correlation: rounded(rankCorrelation),
    };
  }
}

export class OccupationAssessmentDto {
  @ApiProperty({
    type: OccupationRefDto,
    description: 'The occupation.',
    example: { code: '15-1252.00', title: 'Software Developers', source: 'text', pulled_at: null },
  })
  occupation!: OccupationRefDto;

  @ApiProperty({ description: 'Version of the O*NET release that the levels beside them are of.', example: '30.1' })
  release!: string;

  @ApiProperty({ description: 'The model that made the assessment, by its own word.', example: 'gemini-3.5-flash' })
  model!: string;

  @ApiProperty({ description: 'Version of the prompt that it was asked with.', example: 'assessment-1' })
  prompt_version!: string;

  @ApiProperty({
    description: 'When it was made.',
    example: '2026-11-21T09:00:02.500Z',
    format: 'date-time',
  })
  assessed_at!: string;

  @ApiProperty({
    description: 'Whether it is by the model that answers now, and not by one that it has replaced.',
    example: true,
  })
  current!: boolean;

  @ApiProperty({ type: AgreementDto, description: "How the LLM's levels compare with those of O*NET." })
  agreement!: AgreementDto;

  @ApiProperty({ type: [AssessedSkillDto], description: 'Every skill of the release, in O*NET element order.' })
  skills!: AssessedSkillDto[];

  static of(snapshot: ReleaseSnapshot, { assessment, isCurrent }: StoredAssessment): OccupationAssessmentDto {
    const occupation = findOccupation(snapshot, assessment.code);
    const onet = snapshot.levelsOf(occupation);
    return {
      occupation: OccupationRefDto.of(snapshot, occupation),
      release: snapshot.release.version,
      model: assessment.modelVersion,
      prompt_version: assessment.promptVersion,
      assessed_at: new Date(assessment.answeredAt).toISOString(),
      current: isCurrent,
      agreement: AgreementDto.of(agreementOf(comparedLevels(snapshot, assessment).filter((pair) => pair !== null))),
      skills: snapshot.skills.flatMap(({ elementId, name }, index) => {
        const skill = assessment.skills[index];
        if (skill === undefined) return [];
        return {
          element_id: elementId,
          skill_name: name,
          llm_level: skill.level === null ? null : skill.level / 100,
          llm_proficiency: skill.proficiency,
          llm_explanation: skill.explanation,
          onet_level: (onet[index] ?? 0) / 100,
        };
      }),
    };
  }
}

/** To four decimals: more would be noise. */
function rounded(value: number | null): number | null {
  return value === null ? null : Math.round(value * 10_000) / 10_000;
}
