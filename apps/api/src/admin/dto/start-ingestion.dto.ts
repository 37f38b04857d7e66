import { ApiProperty } from '@nestjs/swagger';
import type { ImportReleasePayload } from '@app/ingestion';
import { IsBooleanParameter, IsOneOfParameter, MatchesParameter } from '../../http/parameter-rules';

const RELEASE = /^\d{1,3}\.\d{1,3}$/;
const MAX_PATH = 200;

class IngestionOptionsDto {
  @ApiProperty({
    description: 'Serve the release even if the quality checks object.',
    example: false,
    required: false,
    default: false,
    type: Boolean,
  })
  @IsBooleanParameter()
  activate_anyway?: boolean;
}

/** A folder or .zip that lies on the server. */
export class DirectoryIngestionDto extends IngestionOptionsDto {
  @ApiProperty({ description: 'Always `directory`.', enum: ['directory'] })
  @IsOneOfParameter(['directory'])
  source!: 'directory';

  @ApiProperty({
    description: 'Folder or .zip below `ONET_DATA_ROOT`, relative to it.',
    example: '30.1',
    minLength: 1,
    maxLength: MAX_PATH,
  })
  @MatchesParameter(new RegExp(`^[^\\0]{1,${MAX_PATH}}$`), `a path of at most ${MAX_PATH} characters, such as 30.1`)
  path!: string;

  @ApiProperty({
    description: 'Version of the release, where the name of the folder or archive does not tell it.',
    example: '30.1',
    pattern: RELEASE.source,
    required: false,
  })
  @MatchesParameter(RELEASE, 'a release such as 30.1', { optional: true })
  release?: string;
}

/** A release as O*NET publishes it. */
export class DownloadIngestionDto extends IngestionOptionsDto {
  @ApiProperty({ description: 'Always `download`.', enum: ['download'] })
  @IsOneOfParameter(['download'])
  source!: 'download';

  @ApiProperty({ description: 'Release to download.', example: '30.1', pattern: RELEASE.source })
  @MatchesParameter(RELEASE, 'a release such as 30.1')
  release!: string;
}

/** What the O*NET Web Services have. */
export class WebServicesIngestionDto extends IngestionOptionsDto {
  @ApiProperty({ description: 'Always `web_services`.', enum: ['web_services'] })
  @IsOneOfParameter(['web_services'])
  source!: 'web_services';

  @ApiProperty({
    description:
      'Only what has changed since the active release; the rest is taken from there. Where nothing has changed, nothing is ' +
      'loaded.',
    example: true,
    required: false,
    default: false,
    type: Boolean,
  })
  @IsBooleanParameter()
  incremental?: boolean;

  @ApiProperty({
    description: 'Version of the release, which the Web Services do not tell; by default after the day.',
    example: '31.0',
    pattern: RELEASE.source,
    required: false,
  })
  @MatchesParameter(RELEASE, 'a release such as 30.1', { optional: true })
  release?: string;
}

export type StartIngestionDto = DirectoryIngestionDto | DownloadIngestionDto | WebServicesIngestionDto;

/** What is asked for, as the job has it. */
export function toPayload(dto: StartIngestionDto): ImportReleasePayload {
  const { source, release, activate_anyway: activateAnyway } = dto;
  switch (dto.source) {
    case 'directory':
      return { source, release, activateAnyway, path: dto.path };
    case 'web_services':
      return { source, release, activateAnyway, incremental: dto.incremental };
    case 'download':
      return { source, release, activateAnyway };
  }
}
