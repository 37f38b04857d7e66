import { Controller, Get, Param, Query, Req, Res } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { findOccupation, ratedSkillsOf, searchOccupations } from '@app/occupations';
import {
  ApiCodeParam,
  ApiPulledAnswer,
  ApiReleaseAnswer,
  validationExample,
  type ProblemExample,
} from '../http/api-docs';
import { NoParameters } from '../http/no-parameters.dto';
import { servedRelease } from '../http/release-answers';
import type { JobDto } from '../jobs/dto/job.dto';
import { MissingOccupations } from '../pulls/missing-occupations';
import { AssessmentAnswers } from './assessment-answers';
import { OccupationAssessmentDto } from './dto/occupation-assessment.dto';
import { OccupationListDto, OccupationListQueryDto } from './dto/occupation-list.dto';
import { OccupationPathDto } from './dto/occupation-path.dto';
import { OccupationSkillsDto } from './dto/occupation-skills.dto';
import { OccupationDto } from './dto/occupation.dto';

const BAD_PAGE = validationExample('page_size', '"page_size" must be a whole number from 1 to 200, not "1000"');
const BAD_CODE = validationExample('code', '"code" must be an O*NET-SOC code such as 15-1252.00, not "15-1252"');
const NOT_FOUND: ProblemExample = {
  code: 'OCCUPATION_NOT_FOUND',
  detail: '"code": 11-9999.00 is not an occupation of O*NET release 30.1. Search for codes at /api/v1/occupations?q=…',
  errors: [{ parameter: 'code', message: '11-9999.00 is not an occupation of O*NET release 30.1' }],
};
const NOT_ASSESSED: ProblemExample = {
  code: 'NOT_FOUND',
  detail: 'The LLM has not assessed 15-1252.00 yet.',
};
const NOT_RATED: ProblemExample = {
  code: 'OCCUPATION_NOT_RATED',
  detail: '"code": 15-2051.00 (Data Scientists) is listed in O*NET release 30.1 without skill ratings.',
  errors: [
    {
      parameter: 'code',
      message: '15-2051.00 (Data Scientists) is listed in O*NET release 30.1 without skill ratings',
    },
  ],
};

@ApiTags('Occupations')
@Controller('api/v1/occupations')
export class OccupationsController {
  constructor(
    private readonly missing: MissingOccupations,
    private readonly assessments: AssessmentAnswers,
  ) {}

  @Get()
  @ApiOperation({
    operationId: 'listOccupations',
    summary: 'Occupations of the release, all or those found by title or code',
  })
  @ApiReleaseAnswer('/api/v1/occupations', OccupationListDto, 'A page of occupations.', [BAD_PAGE])
  list(@Req() request: FastifyRequest, @Query() query: OccupationListQueryDto): OccupationListDto {
    return OccupationListDto.of(searchOccupations(servedRelease(request), query.q, query.page, query.page_size), query);
  }

  @Get(':code')
  @ApiOperation({ operationId: 'getOccupation', summary: 'One occupation' })
  @ApiCodeParam('15-1252.00')
  @ApiPulledAnswer('/api/v1/occupations/15-1252.00', OccupationDto, 'The occupation.', [BAD_CODE, NOT_FOUND])
  get(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Param() { code }: OccupationPathDto,
    @Query() _none: NoParameters,
  ): OccupationDto | Promise<OccupationDto | JobDto> {
    return this.missing.answer(request, reply, 'listed', [code], (snapshot) =>
      OccupationDto.of(snapshot, findOccupation(snapshot, code)),
    );
  }

  @Get(':code/skills')
  @ApiOperation({
    operationId: 'getOccupationSkills',
    summary: 'Skills of one occupation, with level and importance',
    description: 'Levels of different skills are anchored differently: a 4 in one skill is not a 4 in another.',
  })
  @ApiCodeParam('15-1252.00')
  @ApiPulledAnswer('/api/v1/occupations/15-1252.00/skills', OccupationSkillsDto, 'The skills.', [
    BAD_CODE,
    NOT_FOUND,
    NOT_RATED,
  ])
  getSkills(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Param() { code }: OccupationPathDto,
    @Query() _none: NoParameters,
  ): OccupationSkillsDto | Promise<OccupationSkillsDto | JobDto> {
    return this.missing.answer(request, reply, 'rated', [code], (snapshot) =>
      OccupationSkillsDto.of(snapshot, ratedSkillsOf(snapshot, code)),
    );
  }

  @Get(':code/assessment')
  @ApiOperation({
    operationId: 'getOccupationAssessment',
    summary: 'Levels of one occupation as a large language model sees them, beside those of O*NET',
    description:
      'What is stored, with explanations and how far both agree. Nobody is asked: an occupation is assessed when its gap ' +
      'is asked for at `/api/v1/skill-gap-llm`, or when an admin asks for it.',
  })
  @ApiCodeParam('15-1252.00')
  @ApiPulledAnswer(
    '/api/v1/occupations/15-1252.00/assessment',
    OccupationAssessmentDto,
    'The newest assessment, by the model in use if there is one.',
    [BAD_CODE, NOT_FOUND, NOT_ASSESSED, NOT_RATED],
  )
  getAssessment(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Param() { code }: OccupationPathDto,
    @Query() _none: NoParameters,
  ): Promise<OccupationAssessmentDto | JobDto> | OccupationAssessmentDto {
    return this.missing.answer<OccupationAssessmentDto>(request, reply, 'rated', [code], (snapshot) =>
      this.assessments.answer(request, snapshot, code),
    );
  }
}
