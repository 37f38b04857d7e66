import { Controller, ForbiddenException, Get, Header, Headers, Inject, UnauthorizedException } from '@nestjs/common';
import { KeyRing } from '@app/common';
import { AppConfig } from '@app/config';
import { Metrics, METRICS_MEDIA_TYPE, MetricsAccess } from '@app/metrics';

/** For whoever watches the process. */
@Controller('metrics')
export class MetricsController {
  private readonly access: MetricsAccess;

  constructor(
    @Inject(AppConfig) config: AppConfig,
    private readonly metrics: Metrics,
  ) {
    this.access = new MetricsAccess(config, new KeyRing(config.adminApiKeys));
  }

  @Get()
  @Header('Cache-Control', 'no-store')
  @Header('Content-Type', METRICS_MEDIA_TYPE)
  getMetrics(@Headers('authorization') authorization?: string): Promise<string> {
    const outcome = this.access.check(authorization);
    if (outcome === 'key-needed') throw new UnauthorizedException('Metrics need a key, as bearer token.');
    if (outcome === 'wrong-key') throw new ForbiddenException('The key is none of those that open the metrics.');
    return this.metrics.page();
  }
}
