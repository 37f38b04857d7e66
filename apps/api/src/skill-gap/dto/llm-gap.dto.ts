import { ApiProperty } from '@nestjs/swagger';
import { LLM_ERROR_CODES, type LlmGap, type LlmHindrance, type SkillInGap } from '@app/llm';
import type { ReleaseSnapshot, SnapshotOccupation } from '@app/occupations';
import type { SkillGap, SkillLevelGap } from '@app/skill-gap';
import { GapDto } from './gap.dto';

const LEVEL = { type: 'number', minimum: 0, maximum: 7 } as const;
const OPTIONAL_TEXT = { type: String, nullable: true } as const;

class LlmGapItemDto {
  @ApiProperty({ description: 'O*NET element id of the skill.', example: '2.B.3.j' })
  element_id!: string;

  @ApiProperty({ description: 'O*NET element name of the skill.', example: 'Equipment Maintenance' })
  skill_name!: string;

  @ApiProperty({
    description: "Level in `from` on the LV scale (0-7): the LLM's, or O*NET's on a fallback.",
    example: 0.5,
    ...LEVEL,
  })
  from_proficiency_level!: number;

  @ApiProperty({
    description: "Level in `to` on the LV scale (0-7): the LLM's, or O*NET's on a fallback.",
    example: 2.5,
    ...LEVEL,
  })
  to_proficiency_level!: number;

  @ApiProperty({ description: "O*NET's own level in `from`, to see where the two disagree.", example: 0, ...LEVEL })
  from_onet_level!: number;

  @ApiProperty({ description: "O*NET's own level in `to`, to see where the two disagree.", example: 2.25, ...LEVEL })
  to_onet_level!: number;

  @ApiProperty({
    description: 'What the gap consists of, in the words of the LLM (plain text); null where there is no description.',
    example: 'Chief executives leave maintenance to others; facilities managers plan and check it themselves.',
    ...OPTIONAL_TEXT,
  })
  llm_gap_description!: string | null;

  @ApiProperty({
    description: 'Why the LLM sees this level in `from` (plain text); null on a fallback.',
    example: 'Maintenance is delegated; an understanding of its cost is enough.',
    ...OPTIONAL_TEXT,
  })
  from_llm_explanation!: string | null;

  @ApiProperty({
    description: 'Why the LLM sees this level in `to` (plain text); null on a fallback.',
    example: 'Plans and supervises the maintenance of building systems.',
    ...OPTIONAL_TEXT,
  })
  to_llm_explanation!: string | null;
}

class UnassessedSkillDto {
  @ApiProperty({ description: 'O*NET element id of the skill.', example: '2.A.1.f' })
  element_id!: string;

  @ApiProperty({ description: 'O*NET element name of the skill.', example: 'Science' })
  skill_name!: string;

  @ApiProperty({ description: "The LLM's level in `from`; null where it cannot say.", nullable: true, ...LEVEL })
  from_proficiency_level!: number | null;

  @ApiProperty({ description: "The LLM's level in `to`; null where it cannot say.", nullable: true, ...LEVEL })
  to_proficiency_level!: number | null;
}

export class LlmGapDto extends GapDto {
  @ApiProperty({
    description:
      "`llm`: the levels are the LLM's. `fallback`: there are none to be had, and this is the gap by O*NET's own levels.",
    enum: ['llm', 'fallback'],
    example: 'llm',
  })
  assessment!: 'llm' | 'fallback';

  @ApiProperty({
    description:
      'Why something of the LLM is missing: its levels on a `fallback`, else the descriptions. Null where nothing is.',
    type: 'object',
    nullable: true,
    properties: {
      code: {
        type: 'string',
        description: 'Stable code to program against.',
        enum: [...LLM_ERROR_CODES, 'DATABASE_UNAVAILABLE'],
        example: 'LLM_NOT_CONFIGURED',
      },
      detail: {
        type: 'string',
        description: 'What it is.',
        example: 'The LLM is not configured: GEMINI_API_KEY is not set.',
      },
    },
    required: ['code', 'detail'],
    example: null,
  })
  reason!: LlmHindrance | null;

  @ApiProperty({
    description: 'The model that assessed both occupations, by its own word; null on a fallback.',
    example: 'gemini-3.5-flash',
    ...OPTIONAL_TEXT,
  })
  model!: string | null;

  @ApiProperty({
    description: 'Version of the prompt that it was asked with; null on a fallback.',
    example: 'assessment-1',
    ...OPTIONAL_TEXT,
  })
  prompt_version!: string | null;

  @ApiProperty({
    description: 'When the later of the two assessments was made; null on a fallback.',
    example: '2026-11-21T09:00:02.500Z',
    format: 'date-time',
    ...OPTIONAL_TEXT,
  })
  assessed_at!: string | null;

  @ApiProperty({
    description:
      'Skills for which `to` needs a higher level than `from`, largest difference first, ties in O*NET element order. ' +
      'The order helps reading only: levels of different skills are anchored differently and do not compare.',
    type: [LlmGapItemDto],
  })
  skill_gaps!: LlmGapItemDto[];

  @ApiProperty({
    description: 'Skills of which the LLM cannot say the level on at least one side. They may be gaps, or not.',
    type: [UnassessedSkillDto],
    example: [],
  })
  unassessed_skills!: UnassessedSkillDto[];

  static of(snapshot: ReleaseSnapshot, gap: LlmGap): LlmGapDto {
    const { fromAssessment, toAssessment } = gap;
    const onet = onetLevels(snapshot, gap);
    return {
      ...GapDto.between(snapshot, gap),
      assessment: 'llm',
      reason: gap.missing,
      model: toAssessment.modelVersion,
      prompt_version: toAssessment.promptVersion,
      assessed_at: new Date(Math.max(fromAssessment.answeredAt, toAssessment.answeredAt)).toISOString(),
      skill_gaps: gap.items.map((item) => ({
        element_id: item.skill.elementId,
        skill_name: item.skill.name,
        from_proficiency_level: (item.from.level ?? 0) / 100,
        to_proficiency_level: (item.to.level ?? 0) / 100,
        ...onet(item),
        llm_gap_description: gap.descriptions?.texts.get(item.skill.elementId) ?? null,
        from_llm_explanation: item.from.explanation,
        to_llm_explanation: item.to.explanation,
      })),
      unassessed_skills: gap.unassessed.map(({ skill, from, to }) => ({
        element_id: skill.elementId,
        skill_name: skill.name,
        from_proficiency_level: points(from.level),
        to_proficiency_level: points(to.level),
      })),
    };
  }

  /** The gap by O*NET's own levels, since there are none of the LLM. */
  static fallback(snapshot: ReleaseSnapshot, gap: SkillGap<SkillLevelGap>, reason: LlmHindrance): LlmGapDto {
    return {
      ...GapDto.between(snapshot, gap),
      assessment: 'fallback',
      reason,
      model: null,
      prompt_version: null,
      assessed_at: null,
      skill_gaps: gap.gaps.map(({ elementId, skillName, fromLevel, toLevel }) => ({
        element_id: elementId,
        skill_name: skillName,
        from_proficiency_level: fromLevel,
        to_proficiency_level: toLevel,
        from_onet_level: fromLevel,
        to_onet_level: toLevel,
        llm_gap_description: null,
        from_llm_explanation: null,
        to_llm_explanation: null,
      })),
      unassessed_skills: [],
    };
  }
}

/** O*NET's own levels of a skill on both sides, in points. */
function onetLevels(
  snapshot: ReleaseSnapshot,
  { from, to }: { readonly from: SnapshotOccupation; readonly to: SnapshotOccupation },
): (item: SkillInGap) => { from_onet_level: number; to_onet_level: number } {
  const [fromLevels, toLevels] = [snapshot.levelsOf(from), snapshot.levelsOf(to)];
  const places = new Map(snapshot.skills.map((skill, index) => [skill, index]));
  return ({ skill }) => {
    const index = places.get(skill) ?? -1;
    return { from_onet_level: (fromLevels[index] ?? 0) / 100, to_onet_level: (toLevels[index] ?? 0) / 100 };
  };
}

function points(hundredths: number | null): number | null {
  return hundredths === null ? null : hundredths / 100;
}
