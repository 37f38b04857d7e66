import { ApiProperty } from '@nestjs/swagger';
import type { AssessmentPlan } from '@app/llm';

/** What it would take to have occupations assessed. */
export class AssessmentPlanDto {
  @ApiProperty({ description: 'Occupations that are asked for.', example: 60, type: 'integer' })
  occupations!: number;

  @ApiProperty({
    description: 'Those that the model in use has assessed, from the same prompt: they cost nothing.',
    example: 12,
    type: 'integer',
  })
  assessed!: number;

  @ApiProperty({
    description:
      'Calls of the LLM, one for each of the others. Replies that cannot be used are asked for anew, at most twice.',
    example: 48,
    type: 'integer',
  })
  calls!: number;

  @ApiProperty({
    description: 'Tokens of the prompts, estimated from their length.',
    example: 192_000,
    type: 'integer',
  })
  estimated_prompt_tokens!: number;

  @ApiProperty({
    description: 'Tokens of the replies, estimated from earlier ones, or from the number of skills.',
    example: 126_000,
    type: 'integer',
  })
  estimated_reply_tokens!: number;

  @ApiProperty({
    description: 'Calls that `LLM_DAILY_CALL_LIMIT` leaves for today (UTC).',
    example: 2000,
    type: 'integer',
  })
  calls_left_today!: number;

  static of({ occupations, missing, promptTokens, replyTokens, callsLeftToday }: AssessmentPlan): AssessmentPlanDto {
    return {
      occupations: occupations.length,
      assessed: occupations.length - missing.length,
      calls: missing.length,
      estimated_prompt_tokens: promptTokens,
      estimated_reply_tokens: replyTokens,
      calls_left_today: callsLeftToday,
    };
  }
}
