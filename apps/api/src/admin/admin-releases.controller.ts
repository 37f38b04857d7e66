import { Body, Controller, HttpCode, HttpStatus, Param, Post, Query } from '@nestjs/common';
import { ApiOperation, ApiParam } from '@nestjs/swagger';
import { ActivationService } from '@app/normalization';
import { ApiAnswer, validationExample } from '../http/api-docs';
import { NoParameters } from '../http/no-parameters.dto';
import { IsWholeNumberParameter } from '../http/parameter-rules';
import { ReleaseDto } from '../releases/dto/release-list.dto';
import { ADMIN_PREFIX } from './admin-access';
import { ADMIN_PROBLEMS, AdminRoutes, BODY_PROBLEMS } from './admin-docs';

const PATH = `${ADMIN_PREFIX}/releases`;
const MAX_ID = 999_999_999;

class ReleasePathDto {
  @IsWholeNumberParameter(1, MAX_ID)
  id!: number;
}

@AdminRoutes()
@Controller(PATH)
export class AdminReleasesController {
  constructor(private readonly activation: ActivationService) {}

  @Post(':id/activate')
  @HttpCode(HttpStatus.OK)
  @ApiOperation({
    operationId: 'activateRelease',
    summary: 'Serve a loaded release: a newer one, or an earlier one again',
    description: 'This process serves it at once, every other replica within three seconds.',
  })
  @ApiParam({
    name: 'id',
    description: 'Number of the loaded copy, as in the list of releases.',
    schema: { type: 'integer', minimum: 1, maximum: MAX_ID, example: 1 },
  })
  @ApiAnswer(`${PATH}/7/activate`, ReleaseDto, 'The release, in service now.', [
    validationExample('id', '"id" must be a whole number from 1 to 999999999, not "30.1"'),
    { code: 'NOT_FOUND', detail: 'There is no release with id 7.' },
    { code: 'CONFLICT', detail: 'Release 7 is loading and cannot be served.' },
    ...BODY_PROBLEMS,
    ...ADMIN_PROBLEMS,
  ])
  async activate(
    @Param() { id }: ReleasePathDto,
    @Query() _none: NoParameters,
    @Body() _nothing: NoParameters,
  ): Promise<ReleaseDto> {
    return ReleaseDto.of({ release: await this.activation.activate(id), active: true });
  }
}
