import { Controller, Get, Header } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { ApiAnswer } from '../http/api-docs';
import { HealthDto, ReadinessDto } from './dto/health.dto';
import { ReadinessService } from './readiness.service';

@ApiTags('Health')
@Controller('health')
export class HealthController {
  constructor(private readonly readiness: ReadinessService) {}

  @Get()
  @Header('Cache-Control', 'no-store')
  @ApiOperation({ operationId: 'getHealth', summary: 'Whether the process is alive' })
  @ApiAnswer('/health', HealthDto, 'It is.', [])
  getHealth(): HealthDto {
    return { status: 'healthy' };
  }

  @Get('ready')
  @Header('Cache-Control', 'no-store')
  @ApiOperation({
    operationId: 'getReadiness',
    summary: 'Whether the process should be sent requests',
    description: 'It should while a release is in memory and it is not shutting down, even with the database down.',
  })
  @ApiAnswer('/health/ready', ReadinessDto, 'It should.', [
    { code: 'NOT_READY', detail: 'No O*NET release is loaded yet; the database is up.' },
  ])
  getReadiness(): Promise<ReadinessDto> {
    return this.readiness.check();
  }
}
