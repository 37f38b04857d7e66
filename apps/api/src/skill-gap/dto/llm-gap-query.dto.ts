import { ApiProperty } from '@nestjs/swagger';
import { IsOneOfParameter } from '../../http/parameter-rules';
import { SkillGapQueryDto } from './skill-gap-query.dto';

export class LlmGapQueryDto extends SkillGapQueryDto {
  @ApiProperty({
    description: 'Whether the LLM is to describe each gap as well, which takes a further call where it has not yet.',
    enum: ['true', 'false'],
    example: 'true',
    required: false,
    default: 'true',
  })
  @IsOneOfParameter(['true', 'false'])
  include_llm_descriptions?: 'true' | 'false';
}
