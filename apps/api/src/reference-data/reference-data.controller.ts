import { Controller, Get, Query, Req } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { ApiReleaseAnswer, UNKNOWN_PARAMETER } from '../http/api-docs';
import { NoParameters } from '../http/no-parameters.dto';
import { servedRelease } from '../http/release-answers';
import { ScaleListDto } from './dto/scale-list.dto';
import { SkillListDto } from './dto/skill-list.dto';

@ApiTags('Reference data')
@Controller('api/v1')
export class ReferenceDataController {
  @Get('skills')
  @ApiOperation({
    operationId: 'listSkills',
    summary: 'Skills that occupations are rated on',
    description: 'With what they are and what their levels mean, where the release says so.',
  })
  @ApiReleaseAnswer('/api/v1/skills', SkillListDto, 'The skills of the release.', [UNKNOWN_PARAMETER])
  listSkills(@Req() request: FastifyRequest, @Query() _none: NoParameters): SkillListDto {
    return SkillListDto.of(servedRelease(request));
  }

  @Get('scales')
  @ApiOperation({
    operationId: 'listScales',
    summary: 'Scales of O*NET',
    description: 'Skills are rated on two of them: LV, level (0-7), and IM, importance (1-5).',
  })
  @ApiReleaseAnswer('/api/v1/scales', ScaleListDto, 'The scales of the release.', [UNKNOWN_PARAMETER])
  listScales(@Req() request: FastifyRequest, @Query() _none: NoParameters): ScaleListDto {
    return ScaleListDto.of(servedRelease(request));
  }
}
