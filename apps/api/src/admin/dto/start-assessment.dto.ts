import { ApiProperty } from '@nestjs/swagger';
import { ONET_SOC_CODE_PATTERN, type OnetSocCode } from '@app/common';
import { IsBooleanParameter, IsOnetSocCodeListParameter } from '../../http/parameter-rules';

/** More than O*NET has, and fewer than a job could hold. */
const MAX_CODES = 2000;

export class StartAssessmentDto {
  @ApiProperty({
    description: 'O*NET-SOC codes of the occupations to assess; or give `all`.',
    example: ['15-1252.00', '11-1011.00'],
    required: false,
    type: [String],
    items: { type: 'string', pattern: ONET_SOC_CODE_PATTERN.source },
    minItems: 1,
    maxItems: MAX_CODES,
  })
  @IsOnetSocCodeListParameter(MAX_CODES)
  codes?: OnetSocCode[];

  @ApiProperty({
    description: 'Assess all rated occupations of the release in service; in place of `codes`.',
    example: false,
    required: false,
    default: false,
    type: Boolean,
  })
  @IsBooleanParameter()
  all?: boolean;

  @ApiProperty({
    description: 'Only tell what it would take; nobody is asked.',
    example: true,
    required: false,
    default: false,
    type: Boolean,
  })
  @IsBooleanParameter()
  dry_run?: boolean;
}
