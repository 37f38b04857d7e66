import { ApiProperty } from '@nestjs/swagger';
import type { ListedRelease } from '@app/occupations';

/** One loaded copy of a release. */
export class ReleaseDto {
  @ApiProperty({ description: 'Number of this loaded copy.', example: 1, type: 'integer' })
  id!: number;

  @ApiProperty({
    description: 'Version as O*NET published it; a checksum label where it is not known.',
    example: '30.1',
  })
  version!: string;

  @ApiProperty({
    description: 'What was loaded.',
    example: 'bundled sample: 63 of the 1,016 occupations of release 30.1',
  })
  label!: string;

  @ApiProperty({
    description:
      'Where it came from: files as published, or the Web Services. The `overlay` holds occupations that were pulled ' +
      'one by one; it is served beside the active release.',
    enum: ['text', 'web_services', 'overlay'],
    example: 'text',
  })
  source!: string;

  @ApiProperty({ description: 'Life of the copy.', enum: ['loading', 'ready', 'retired', 'failed'], example: 'ready' })
  status!: string;

  @ApiProperty({ description: 'Whether answers are built from it now.', example: true })
  active!: boolean;

  @ApiProperty({
    description: 'SHA-256 over the tables that were read; null until all of them were.',
    example: '1f0c7a0c3f6e4e6cbb1a…',
    type: String,
    nullable: true,
  })
  checksum!: string | null;

  @ApiProperty({ description: 'Occupations listed.', example: 63, type: 'integer' })
  occupations!: number;

  @ApiProperty({
    description: 'Occupations with a level and an importance for every skill.',
    example: 60,
    type: 'integer',
  })
  rated_occupations!: number;

  @ApiProperty({ description: 'Skills that occupations are rated on.', example: 35, type: 'integer' })
  skills!: number;

  @ApiProperty({ description: 'Rating rows.', example: 4200, type: 'integer' })
  ratings!: number;

  @ApiProperty({ description: 'When loading began.', example: '2026-11-21T09:00:00.000Z', format: 'date-time' })
  created_at!: string;

  @ApiProperty({
    description: 'When it was last put into service; null where it never was.',
    example: '2026-11-21T09:00:01.000Z',
    format: 'date-time',
    type: String,
    nullable: true,
  })
  activated_at!: string | null;

  static of({ release, active }: ListedRelease): ReleaseDto {
    return {
      id: release.id,
      version: release.version,
      label: release.label,
      source: release.source,
      status: release.status,
      active,
      checksum: release.checksum,
      occupations: release.occupations,
      rated_occupations: release.ratedOccupations,
      skills: release.skills,
      ratings: release.ratings,
      created_at: release.createdAt.toISOString(),
      activated_at: release.activatedAt?.toISOString() ?? null,
    };
  }
}

export class ReleaseListDto {
  @ApiProperty({ type: [ReleaseDto], description: 'Newest first.' })
  items!: ReleaseDto[];

  @ApiProperty({
    description: 'To be shown wherever the data is (CC BY 4.0).',
    example: 'This page includes information from the O*NET 30.1 Database …',
  })
  attribution!: string;

  static of(releases: readonly ListedRelease[]): ReleaseListDto {
    const version = releases.find(({ active }) => active)?.release.version ?? '';
    return {
      items: releases.map((listed) => ReleaseDto.of(listed)),
      attribution: attribution(version),
    };
  }
}

/** The wording that O*NET's licence asks for. @param release version, such as `30.1`; empty where none is meant */
export function attribution(release: string): string {
  return (
    `This page includes information from the ${['O*NET', release, 'Database'].filter(Boolean).join(' ')} by the ` +
    'U.S. Department of Labor, Employment and Training Administration (USDOL/ETA). Used under the CC BY 4.0 license. ' +
    'O*NET® is a trademark of USDOL/ETA. onet-skill-gap has modified all or some of this information. ' +
    'USDOL/ETA has not approved, endorsed, or tested these modifications.'
  );
}
