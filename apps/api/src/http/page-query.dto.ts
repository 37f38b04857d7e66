import { ApiProperty } from '@nestjs/swagger';
import { IsWholeNumberParameter } from './parameter-rules';

export const MAX_PAGE_SIZE = 200;
const MAX_PAGE = 1_000_000;

/** Which page of a list. */
export class PageQueryDto {
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
    description: 'Items a page.',
    required: false,
    default: 20,
    minimum: 1,
    maximum: MAX_PAGE_SIZE,
    type: 'integer',
  })
  @IsWholeNumberParameter(1, MAX_PAGE_SIZE)
  page_size = 20;
}

/** One page of a list. */
export class PageDto {
  @ApiProperty({ description: 'Page, from 1.', example: 1, type: 'integer' })
  page!: number;

  @ApiProperty({ description: 'Items a page.', example: 20, type: 'integer' })
  page_size!: number;

  @ApiProperty({ description: 'Items on all pages.', example: 1, type: 'integer' })
  total!: number;
}
