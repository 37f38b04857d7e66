import { Controller, Get, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { ReleasesService } from '@app/occupations';
import { ApiAnswer, UNKNOWN_PARAMETER } from '../http/api-docs';
import { NoParameters } from '../http/no-parameters.dto';
import { ReleaseListDto } from './dto/release-list.dto';

@ApiTags('Reference data')
@Controller('api/v1/releases')
export class ReleasesController {
  constructor(private readonly releases: ReleasesService) {}

  @Get()
  @ApiOperation({
    operationId: 'listReleases',
    summary: 'Releases that are loaded, and which of them is in service',
    description: 'The last three good releases are kept. This list comes from the database, the other answers do not.',
  })
  @ApiAnswer('/api/v1/releases', ReleaseListDto, 'The releases.', [
    UNKNOWN_PARAMETER,
    { code: 'DATABASE_UNAVAILABLE', detail: 'The list of releases is kept in the database, which is away.' },
  ])
  async list(@Query() _none: NoParameters): Promise<ReleaseListDto> {
    return ReleaseListDto.of(await this.releases.list());
  }
}
