import { ApiProperty } from '@nestjs/swagger';

export class HealthDto {
  @ApiProperty({ description: 'Always `healthy`: the process runs and answers.', enum: ['healthy'] })
  status!: 'healthy';
}

export class ReadinessDto {
  @ApiProperty({ description: 'Always `ready`; where it is not, the answer is a problem.', enum: ['ready'] })
  status!: 'ready';

  @ApiProperty({ description: 'Version of the O*NET release in service.', example: '30.1' })
  release!: string;

  @ApiProperty({
    description: 'Whether the database answers. While it is down, gaps are answered from memory all the same.',
    enum: ['up', 'down'],
  })
  database!: 'up' | 'down';

  @ApiProperty({
    description: 'Whether Redis answers. While it is down, jobs wait; everything else goes on.',
    enum: ['up', 'down', 'not configured'],
  })
  redis!: 'up' | 'down' | 'not configured';
}
