import { Controller, Get, Header, HttpStatus, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { WorkerHealthService, type WorkerReadiness } from './worker-health.service';

/** For whoever runs the process; nothing else is served here. */
@Controller('health')
export class HealthController {
  constructor(private readonly health: WorkerHealthService) {}

  @Get()
  @Header('Cache-Control', 'no-store')
  getHealth(): { readonly status: 'healthy' } {
    return { status: 'healthy' };
  }

  @Get('ready')
  @Header('Cache-Control', 'no-store')
  async getReadiness(@Res({ passthrough: true }) reply: FastifyReply): Promise<WorkerReadiness> {
    const readiness = await this.health.check();
    if (readiness.status !== 'ready') void reply.status(HttpStatus.SERVICE_UNAVAILABLE);
    return readiness;
  }
}
