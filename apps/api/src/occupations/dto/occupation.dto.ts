import { ApiProperty } from '@nestjs/swagger';
import { isRated, type ReleaseSnapshot, type SnapshotOccupation } from '@app/occupations';
import { OccupationSourceDto, sourceOf } from './occupation-ref.dto';

export class OccupationDto extends OccupationSourceDto {
  @ApiProperty({ description: 'O*NET-SOC code.', example: '15-1252.00' })
  code!: string;

  @ApiProperty({ description: 'Title in the release.', example: 'Software Developers' })
  title!: string;

  @ApiProperty({
    description: 'What people in the occupation do.',
    example:
      'Designs and builds applications or system software, from working out what users need to coding, reviewing, ' +
      'releasing and improving the product over time.',
  })
  description!: string;

  @ApiProperty({ description: 'Whether it has skill ratings, so that gaps can be asked for.', example: true })
  rated!: boolean;

  @ApiProperty({ description: 'Version of the O*NET release that the answer is built from.', example: '30.1' })
  release!: string;

  static of(snapshot: ReleaseSnapshot, occupation: SnapshotOccupation): OccupationDto {
    const { code, title, description } = occupation;
    const { version } = snapshot.release;
    return {
      code,
      title,
      description,
      rated: isRated(occupation),
      release: version,
      ...sourceOf(snapshot, occupation),
    };
  }
}
