import { ApiProperty } from '@nestjs/swagger';
import type { SnapshotOccupation } from '@app/occupations';
import { IsTextParameter, IsWholeNumberParameter } from '../../http/parameter-rules';

export const MAX_PAGE_SIZE = 200;
const MAX_PAGE = 1_000_000;
const MAX_QUERY = 100;

export class OccupationListQueryDto {
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

  @ApiProperty({
    description: 'Page, from 1.',
    required: false,
    default: 1,
    minimum: 1,
    maximum: MAX_PAGE,
    type: 'integer',
  })
  @IsWholeNumberParameter(1, MAX_PAGE)
  page = 1;

  @ApiProperty({
    description: 'Occupations a page.',
    required: false,
    default: 20,
    minimum: 1,
    maximum: MAX_PAGE_SIZE,
    type: 'integer',
  })
  @IsWholeNumberParameter(1, MAX_PAGE_SIZE)
  page_size = 20;
}

class OccupationListItemDto {
  @ApiProperty({ description: 'O*NET-SOC code.', example: '15-1252.00' })
  code!: string;

  @ApiProperty({ description: 'Title in the release.', example: 'Software Developers' })
  title!: string;

  @ApiProperty({ description: 'Whether it has skill ratings, so that gaps can be asked for.', example: true })
  rated!: boolean;
}

export class OccupationListDto {
  @ApiProperty({ type: [OccupationListItemDto], description: 'In order of their codes.' })
  items!: OccupationListItemDto[];

  @ApiProperty({ description: 'Page, from 1.', example: 1, type: 'integer' })
  page!: number;

  @ApiProperty({ description: 'Occupations a page.', example: 20, type: 'integer' })
  page_size!: number;

  @ApiProperty({ description: 'Occupations found on all pages.', example: 1, type: 'integer' })
  total!: number;

  static of(
    found: { readonly items: readonly SnapshotOccupation[]; readonly total: number },
    { page, page_size }: OccupationListQueryDto,
  ): OccupationListDto {
    const items = found.items.map(({ code, title, row }) => ({ code, title, rated: row >= 0 }));
    return { items, page, page_size, total: found.total };
  }
}
