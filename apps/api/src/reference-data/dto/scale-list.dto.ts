import { ApiProperty } from '@nestjs/swagger';
import type { ReleaseSnapshot } from '@app/occupations';

class ScaleDto {
  @ApiProperty({ description: 'O*NET id of the scale.', example: 'LV' })
  scale_id!: string;

  @ApiProperty({ description: 'Name of the scale.', example: 'Level' })
  scale_name!: string;

  @ApiProperty({ description: 'Lowest value; may be negative.', example: 0, type: 'integer' })
  minimum!: number;

  @ApiProperty({ description: 'Highest value.', example: 7, type: 'integer' })
  maximum!: number;
}

export class ScaleListDto {
  @ApiProperty({ description: 'Version of the O*NET release that the answer is built from.', example: '30.1' })
  release!: string;

  @ApiProperty({ type: [ScaleDto], description: 'In order of their ids.' })
  items!: ScaleDto[];

  static of({ release, scales }: ReleaseSnapshot): ScaleListDto {
    return {
      release: release.version,
      items: scales.map(({ scaleId, name, minimum, maximum }) => ({
        scale_id: scaleId,
        scale_name: name,
        minimum,
        maximum,
      })),
    };
  }
}
