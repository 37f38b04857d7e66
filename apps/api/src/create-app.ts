import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import type { AppConfig } from '@app/config';
import { SnapshotStore } from '@app/occupations';
import { boundConnections, fastifyBounds, HTTP_BOUNDS, NestLogger } from '@app/runtime';
import { JobEngine } from '@app/jobs';
import { Metrics } from '@app/metrics';
import { DASHBOARD_PATH, guardAdminRoutes } from './admin/admin-access';
import { AdminKeys } from './admin/admin-keys';
import { addQueueDashboard } from './admin/queue-dashboard';
import { ApiModule } from './api.module';
import { ClientAccess } from './clients/client-access';
import { registerLastAnswers } from './health/last-answers';
import { ReadinessService } from './health/readiness.service';
import { EXPOSED_HEADERS, usePageHeaders } from './http/answer-headers';
import { answerInFull, NO_BARE_ANSWERS } from './http/bare-answers';
import { MAX_BODY_BYTES } from './http/problem';
import { answerBrokenRequest } from './http/broken-requests';
import { serveOnlyPageFiles } from './http/page-files';
import { answerUnroutable, boundUrls } from './http/request-bounds';
import { ParametersPipe } from './http/parameters.pipe';
import { ProblemDetailsFilter } from './http/problem-details.filter';
import { registerReleaseAnswers } from './http/release-answers';
import { registerRequestHooks, requestId } from './http/request-hooks';
import { registerRequestMetrics } from './metrics/request-metrics';
import { registerRateLimit } from './rate-limit/register-rate-limit';
import { DOCS_PATH, setupSwagger } from './openapi';
import { shedOverload } from './overload/shed-overload';

const MAX_PARAMETER_LENGTH = 200;

/** The application with its database open and migrated, ready to listen, but with no release loaded yet. */
export async function createApp(
  config: AppConfig,
  logger: Logger,
  bounds = HTTP_BOUNDS,
): Promise<NestFastifyApplication> {
  const problems = new ProblemDetailsFilter(logger);
  const times = fastifyBounds(bounds);
  const adapter = new FastifyAdapter({
    trustProxy: config.trustProxy,
    genReqId: requestId,
    bodyLimit: MAX_BODY_BYTES,
    ...times,
    http: { ...times.http, ...NO_BARE_ANSWERS },
    routerOptions: { maxParamLength: MAX_PARAMETER_LENGTH },
    forceCloseConnections: 'idle',
    return503OnClosing: false,
    clientErrorHandler: answerBrokenRequest,
    frameworkErrors: (error: Error, request: FastifyRequest, reply: FastifyReply) => {
      void answerUnroutable(error, request, reply, problems);
    },
  });
  const app = await NestFactory.create<NestFastifyApplication>(ApiModule.forRoot(config), adapter, {
    logger: new NestLogger(logger),
    abortOnError: false,
    // Fastify's own parser, and it alone: what is no JSON is told so
    bodyParser: false,
  });
  const server = app.getHttpAdapter().getInstance();
  const adminKeys = app.get(AdminKeys);
  const clients = app.get(ClientAccess);
  shedOverload(server.server, { metrics: app.get(Metrics), logger, corsOrigins: config.corsOrigins });
  registerRequestHooks(server, logger, (request) => clients.keyOf(request));
  usePageHeaders(server, [DOCS_PATH, DASHBOARD_PATH]);
  serveOnlyPageFiles(server, DOCS_PATH, problems);
  registerRequestMetrics(server, app.get(Metrics));
  server.removeContentTypeParser('text/plain');
  boundConnections(server.server, logger, bounds);
  await registerRateLimit(app, config, logger, problems);
  answerInFull(server, problems);
  boundUrls(server, problems);
  guardAdminRoutes(server, adminKeys, problems);
  registerReleaseAnswers(server, app.get(SnapshotStore));
  registerLastAnswers(server, app.get(ReadinessService));
  app.enableCors({
    origin: config.corsOrigins.includes('*') ? '*' : [...config.corsOrigins],
    methods: ['GET', 'HEAD', 'OPTIONS', 'POST'],
    // an OPTIONS request that is no preflight is answered like any other method
    strictPreflight: false,
    exposedHeaders: EXPOSED_HEADERS,
  });
  app.useGlobalFilters(problems);
  app.useGlobalPipes(new ParametersPipe());
  setupSwagger(app);
  await addQueueDashboard(server, app.get(JobEngine));
  return app;
}
