import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { OperatorError } from '@app/common';
import { loadConfig } from '@app/config';
import { JobRunner } from '@app/jobs';
import { Metrics } from '@app/metrics';
import {
  boundConnections,
  createLogger,
  endOnSignal,
  fastifyBounds,
  listen,
  NestLogger,
  runProcess,
} from '@app/runtime';
import { WorkerHealthService } from './health/worker-health.service';
import { giveWayToOthers } from './low-priority';
import { WorkerModule } from './worker.module';

async function main(): Promise<void> {
  giveWayToOthers();
  const config = loadConfig();
  const { redisUrl } = config;
  if (redisUrl === null) {
    throw new OperatorError(
      'REDIS_URL is not set. Without Redis the api process runs the jobs itself, and there is nothing for a worker to do: ' +
        'set REDIS_URL and DATABASE_URL to the same values as for the api, or start the api alone.',
    );
  }
  const logger = createLogger(config);
  const app = await NestFactory.create<NestFastifyApplication>(
    WorkerModule.forRoot({ ...config, redisUrl }),
    new FastifyAdapter({ ...fastifyBounds(), forceCloseConnections: 'idle' }),
    { logger: new NestLogger(logger), abortOnError: false },
  );
  boundConnections(app.getHttpServer(), logger);
  app.get(Metrics).watchProcess();
  const health = app.get(WorkerHealthService);
  const runner = app.get(JobRunner);
  endOnSignal(app, logger, {
    onSignal: () => {
      health.drain();
    },
    isDone: () => runner.idle,
  });
  const port = await listen(app, { host: config.host, port: config.workerPort, portVariable: 'WORKER_PORT' });
  logger.info({ health: `http://${config.host}:${port}/health` }, `worker ready; health on port ${port}`);
}

runProcess(main);
