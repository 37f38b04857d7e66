import { ApiProperty } from '@nestjs/swagger';
import { isRated, type SnapshotOccupation } from '@app/occupations';
import { PageDto, PageQueryDto } from '../../http/page-query.dto';
import { IsTextParameter } from '../../http/parameter-rules';

const MAX_QUERY = 100;

export class OccupationListQueryDto extends PageQueryDto {
  @ApiProperty({
    description: 'Words that title or code must contain, in any letter case. Leave it out for all occupations.',
    example: 'software',
    required: false,
    default: '',
    maxLength: MAX_QUERY,
    type: String,
  })
  @IsTextParameter(MAX_QUERY)
  q = '';
}

class OccupationListItemDto {
  @ApiProperty({ description: 'O*NET-SOC code.', example: '15-1252.00' })
  code!: string;

  @ApiProperty({ description: 'Title in the release.', example: 'Software Developers' })
  title!: string;

  @ApiProperty({ description: 'Whether it has skill ratings, so that gaps can be asked for.', example: true })
  rated!: boolean;
}

export class OccupationListDto extends PageDto {
  @ApiProperty({ type: [OccupationListItemDto], description: 'In order of their codes.' })
  items!: OccupationListItemDto[];

  static of(
    found: { readonly items: readonly SnapshotOccupation[]; readonly total: number },
    { page, page_size }: OccupationListQueryDto,
  ): OccupationListDto {
    const items = found.items.map((occupation) => ({
      code: occupation.code,
      title: occupation.title,
      rated: isRated(occupation),
    }));
    return { items, page, page_size, total: found.total };
  }
}
