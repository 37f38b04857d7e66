import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import type { AppConfig } from '@app/config';
import { SnapshotStore } from '@app/occupations';
import { NestLogger } from '@app/runtime';
import { JobEngine } from '@app/jobs';
import { guardAdminRoutes } from './admin/admin-access';
import { AdminKeys } from './admin/admin-keys';
import { addQueueDashboard } from './admin/queue-dashboard';
import { ApiModule } from './api.module';
import { MAX_BODY_BYTES } from './http/problem';
import { answerBrokenRequest } from './http/broken-requests';
import { ParametersPipe } from './http/parameters.pipe';
import { ProblemDetailsFilter } from './http/problem-details.filter';
import { registerReleaseAnswers } from './http/release-answers';
import { registerRequestHooks, requestId } from './http/request-hooks';
import { setupSwagger } from './openapi';

const MAX_PARAMETER_LENGTH = 200;

/** The application with its database open and migrated, ready to listen, but with no release loaded yet. */
export async function createApp(config: AppConfig, logger: Logger): Promise<NestFastifyApplication> {
  const problems = new ProblemDetailsFilter(logger);
  const adapter = new FastifyAdapter({
    trustProxy: config.trustProxy,
    genReqId: requestId,
    bodyLimit: MAX_BODY_BYTES,
    routerOptions: { maxParamLength: MAX_PARAMETER_LENGTH },
    forceCloseConnections: 'idle',
    return503OnClosing: false,
    clientErrorHandler: answerBrokenRequest,
    frameworkErrors: (error: Error, request: FastifyRequest, reply: FastifyReply) => {
      problems.send(error, request, reply);
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
  registerRequestHooks(server, logger);
  server.removeContentTypeParser('text/plain');
  guardAdminRoutes(server, adminKeys, problems);
  registerReleaseAnswers(server, app.get(SnapshotStore));
  app.enableCors({
    origin: config.corsOrigins.includes('*') ? '*' : [...config.corsOrigins],
    methods: ['GET', 'HEAD', 'OPTIONS', 'POST'],
    // an OPTIONS request that is no preflight is answered like any other method
    strictPreflight: false,
    exposedHeaders: ['ETag', 'Location', 'Retry-After', 'X-Request-Id'],
  });
  app.useGlobalFilters(problems);
  app.useGlobalPipes(new ParametersPipe());
  setupSwagger(app);
  await addQueueDashboard(server, app.get(JobEngine));
  return app;
}
