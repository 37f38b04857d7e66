import { ApiProperty } from '@nestjs/swagger';
import { ONET_SOC_CODE_PATTERN, type OnetSocCode } from '@app/common';
import { IsOnetSocCodeParameter } from '../../http/parameter-rules';

export class SkillGapQueryDto {
  @ApiProperty({
    description: 'O*NET-SOC code of the occupation that the person has.',
    example: '11-1011.00',
    pattern: ONET_SOC_CODE_PATTERN.source,
    type: String,
  })
  @IsOnetSocCodeParameter('11-1011.00')
  from!: OnetSocCode;

  @ApiProperty({
    description: 'O*NET-SOC code of the occupation that the person wants.',
    example: '11-3013.00',
    pattern: ONET_SOC_CODE_PATTERN.source,
    type: String,
  })
  @IsOnetSocCodeParameter('11-3013.00')
  to!: OnetSocCode;
}
