import 'reflect-metadata';
import type { AddressInfo } from 'node:net';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Logger } from 'pino';
import { OperatorError } from '@app/common';
import { loadConfig, type AppConfig } from '@app/config';
import { FirstLoadService } from '@app/ingestion';
import { SnapshotStore } from '@app/occupations';
import { createApp } from './create-app';
import { ReadinessService } from './health/readiness.service';
import { createLogger } from './logging/create-logger';
import { welcome } from './welcome';

/** Some platforms kill a process 10 s after they asked it to end. */
const SHUTDOWN_MS = 8000;

async function main(): Promise<void> {
  const config = loadConfig();
  const logger = createLogger(config);
  const stop = new AbortController();
  const app = await createApp(config, logger);
  endOnSignal(app, logger, stop);
  const report = await app
    .get(FirstLoadService)
    .ensureActiveRelease({ signal: stop.signal, onProgress: () => undefined });
  if (report !== null)
    logger.info(`Loaded O*NET release ${report.version} (${report.label}) in ${report.seconds.toFixed(1)} s`);
  const snapshots = app.get(SnapshotStore);
  await snapshots.follow();
  await listen(app, config);
  announce(app, config, logger, snapshots);
}

async function listen(app: NestFastifyApplication, { host, port }: AppConfig): Promise<void> {
  try {
    await app.listen({ host, port });
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
    if (code === 'EADDRINUSE') {
      throw new OperatorError(`Port ${port} on ${host} is taken. Stop what listens there, or set PORT.`, { cause });
    }
    if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND' || code === 'EACCES') {
      throw new OperatorError(`Cannot listen on ${host}:${port} (${code}). Correct HOST and PORT.`, { cause });
    }
    throw cause;
  }
}

function announce(
  app: NestFastifyApplication,
  { host, logFormat }: AppConfig,
  logger: Logger,
  snapshots: SnapshotStore,
): void {
  const { port } = app.getHttpServer().address() as AddressInfo;
  const name = ['127.0.0.1', '0.0.0.0', '::', '::1'].includes(host) ? 'localhost' : host;
  const url = `http://${name.includes(':') ? `[${name}]` : name}:${port}`;
  const snapshot = snapshots.require();
  if (logFormat === 'pretty') process.stdout.write(`${welcome(snapshot, url)}\n`);
  else logger.info({ url, docs: `${url}/docs`, release: snapshot.release }, 'ready');
}

/** On the first signal: no new connections, what is under way is finished, then a clean end. */
function endOnSignal(app: NestFastifyApplication, logger: Logger, stop: AbortController): void {
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    logger.info(`${signal}: finishing what is under way`);
    app.get(ReadinessService).drain();
    stop.abort(new OperatorError('The process was told to end.'));
    setTimeout(() => {
      logger.error('Not done in time; ending all the same');
      process.exit(1);
    }, SHUTDOWN_MS).unref();
    await app.close();
    process.exit(0);
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void end(signal));
}

main().catch((error: unknown) => {
  const message = error instanceof OperatorError ? error.message : error instanceof Error ? error.stack : String(error);
  process.stderr.write(`${message ?? 'Failed for an unknown reason'}\n`);
  process.exit(1);
});
