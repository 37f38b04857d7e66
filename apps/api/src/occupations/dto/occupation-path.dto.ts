import type { OnetSocCode } from '@app/common';
import { IsOnetSocCodeParameter } from '../../http/parameter-rules';

export class OccupationPathDto {
  @IsOnetSocCodeParameter('15-1252.00')
  code!: OnetSocCode;
}
