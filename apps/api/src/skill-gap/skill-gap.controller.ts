import { Controller, Get, Query, Req, Res } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { findGapByLevel, findStrictGap } from '@app/skill-gap';
import { ApiLlmAnswer, ApiPulledAnswer, validationExample, type ProblemExample } from '../http/api-docs';
import type { JobDto } from '../jobs/dto/job.dto';
import { MissingOccupations } from '../pulls/missing-occupations';
import { LevelGapDto } from './dto/level-gap.dto';
import { LlmGapQueryDto } from './dto/llm-gap-query.dto';
import { LlmGapDto } from './dto/llm-gap.dto';
import { SkillGapQueryDto } from './dto/skill-gap-query.dto';
import { StrictGapDto } from './dto/strict-gap.dto';
import { LlmGapAnswers } from './llm-gap-answers';

const PROBLEMS: readonly ProblemExample[] = [
  validationExample('from', '"from" must be an O*NET-SOC code such as 11-1011.00, not "11-1011"'),
  {
    code: 'OCCUPATION_NOT_FOUND',
    detail: '"to": 11-9999.00 is not an occupation of O*NET release 30.1. Search for codes at /api/v1/occupations?q=…',
    errors: [{ parameter: 'to', message: '11-9999.00 is not an occupation of O*NET release 30.1' }],
  },
  {
    code: 'OCCUPATION_NOT_RATED',
    detail: '"to": 15-2051.00 (Data Scientists) is listed in O*NET release 30.1 without skill ratings.',
    errors: [
      {
        parameter: 'to',
        message: '15-2051.00 (Data Scientists) is listed in O*NET release 30.1 without skill ratings',
      },
    ],
  },
];

@ApiTags('Skill gap')
@Controller('api/v1')
export class SkillGapController {
  constructor(
    private readonly missing: MissingOccupations,
    private readonly llmGaps: LlmGapAnswers,
  ) {}

  @Get('skill-gap')
  @ApiOperation({
    operationId: 'getStrictSkillGap',
    summary: 'Skills that one occupation does not need at all and another does',
    description: 'The strict gap: skills at level 0 in `from` and above 0 in `to`. A subset of the gap by level.',
  })
  @ApiPulledAnswer('/api/v1/skill-gap', StrictGapDto, 'The strict gap; empty where nothing is lacking.', PROBLEMS)
  getStrictGap(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Query() { from, to }: SkillGapQueryDto,
  ): StrictGapDto | Promise<StrictGapDto | JobDto> {
    return this.missing.answer(request, reply, 'rated', [from, to], (snapshot) =>
      StrictGapDto.of(snapshot, findStrictGap(snapshot, from, to)),
    );
  }

  @Get('skill-gap-by-lvl')
  @ApiOperation({
    operationId: 'getSkillGapByLevel',
    summary: 'Skills of which one occupation needs a higher level than another',
    description: 'The gap by level: skills with a level above 0 in `to` that is higher than in `from`.',
  })
  @ApiPulledAnswer('/api/v1/skill-gap-by-lvl', LevelGapDto, 'The gap; empty where nothing is lacking.', PROBLEMS)
  getGapByLevel(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Query() { from, to }: SkillGapQueryDto,
  ): LevelGapDto | Promise<LevelGapDto | JobDto> {
    return this.missing.answer(request, reply, 'rated', [from, to], (snapshot) =>
      LevelGapDto.of(snapshot, findGapByLevel(snapshot, from, to)),
    );
  }

  @Get('skill-gap-llm')
  @ApiOperation({
    operationId: 'getLlmSkillGap',
    summary: 'The gap by level as a large language model sees it, with explanations',
    description:
      'By the rules of the gap by level, on levels that an LLM has assessed; those of the release stand beside them. What ' +
      'was assessed once is answered at once. Where the LLM has to be asked and takes long, the answer is 202 with the ' +
      "job; where it cannot be asked or fails, the gap on O*NET's own levels (`fallback`) with the reason.",
  })
  @ApiLlmAnswer('/api/v1/skill-gap-llm', LlmGapDto, 'The gap; empty where nothing is lacking.', PROBLEMS)
  getLlmGap(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Query() { from, to, include_llm_descriptions: include }: LlmGapQueryDto,
  ): LlmGapDto | Promise<LlmGapDto | JobDto> {
    return this.missing.answer(request, reply, 'rated', [from, to], (snapshot) =>
      this.llmGaps.answer(request, reply, snapshot, { from, to, descriptions: include !== 'false' }),
    );
  }
}
