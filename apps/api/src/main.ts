import 'reflect-metadata';
import type { Logger } from 'pino';
import { OperatorError } from '@app/common';
import { loadConfig, type AppConfig } from '@app/config';
import { FirstLoadService } from '@app/ingestion';
import { SnapshotStore } from '@app/occupations';
import { Metrics } from '@app/metrics';
import { createLogger, endOnSignal, listen, runProcess } from '@app/runtime';
import { AdminKeys } from './admin/admin-keys';
import { createApp } from './create-app';
import { ReadinessService } from './health/readiness.service';
import { welcome } from './welcome';

async function main(): Promise<void> {
  const config = loadConfig();
  const logger = createLogger(config);
  const stop = new AbortController();
  const app = await createApp(config, logger);
  app.get(Metrics).watchProcess();
  endOnSignal(app, logger, {
    onSignal: () => {
      app.get(ReadinessService).drain();
      stop.abort(new OperatorError('The process was told to end.'));
    },
    isDone: () => false,
    delayMs: config.shutdownDelayMs,
  });
  const report = await app
    .get(FirstLoadService)
    .ensureActiveRelease({ signal: stop.signal, onProgress: () => undefined });
  if (report !== null)
    logger.info(`Loaded O*NET release ${report.version} (${report.label}) in ${report.seconds.toFixed(1)} s`);
  const snapshots = app.get(SnapshotStore);
  await snapshots.follow();
  const port = await listen(app, { ...config, portVariable: 'PORT' });
  announce(port, config, logger, snapshots, app.get(AdminKeys).file);
}

function announce(
  port: number,
  { host, logFormat }: AppConfig,
  logger: Logger,
  snapshots: SnapshotStore,
  adminKeyFile: string | null,
): void {
  const name = ['127.0.0.1', '0.0.0.0', '::', '::1'].includes(host) ? 'localhost' : host;
  const url = `http://${name.includes(':') ? `[${name}]` : name}:${port}`;
  const snapshot = snapshots.require();
  if (logFormat === 'pretty') process.stdout.write(`${welcome(snapshot, url, adminKeyFile)}\n`);
  else logger.info({ url, docs: `${url}/docs`, release: snapshot.release, admin_key_file: adminKeyFile }, 'ready');
}

runProcess(main);
