import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Logger } from 'pino';
import type { AppConfig } from '@app/config';
import { ClientAccess } from '../clients/client-access';
import type { ProblemDetailsFilter } from '../http/problem-details.filter';
import { MetricsPage } from '../metrics/metrics-page';
import { OpenCounter } from './open-counter';
import { connectRedisCounter } from './redis-counter';
import { limitRequests } from './request-limit';
import { isUnlimited } from './unlimited-routes';

/** Bounds the requests of each client as the configuration says. To be called before whatever checks keys. */
export async function registerRateLimit(
  app: NestFastifyApplication,
  { rateLimitPerMinute: perMinute, redisUrl }: AppConfig,
  logger: Logger,
  problems: ProblemDetailsFilter,
): Promise<void> {
  const clients = app.get(ClientAccess);
  const metrics = app.get(MetricsPage);
  const isShared = redisUrl !== null && perMinute > 0;
  await limitRequests(app.getHttpAdapter().getInstance(), problems, {
    perMinute,
    keyOf: (request) => clients.keyOf(request),
    isExempt: (request) => isUnlimited(request, metrics),
    counter: isShared ? new OpenCounter(await connectRedisCounter(redisUrl), logger) : null,
  });
}
