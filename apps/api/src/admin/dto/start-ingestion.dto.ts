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

/** What is asked for, as the job has it. */
export function toPayload(dto: DirectoryIngestionDto | DownloadIngestionDto): ImportReleasePayload {
  const { source, release, activate_anyway: activateAnyway } = dto;
  return { source, release, activateAnyway, ...(dto.source === 'directory' ? { path: dto.path } : {}) };
}
