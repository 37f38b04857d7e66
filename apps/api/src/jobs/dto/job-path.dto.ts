import { IsUuidParameter } from '../../http/parameter-rules';

export class JobPathDto {
  @IsUuidParameter()
  id!: string;
}
