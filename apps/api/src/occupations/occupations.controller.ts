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
  constructor(private readonly missing: MissingOccupations) {}

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
}
