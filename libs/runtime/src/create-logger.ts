import pino, { type Logger } from 'pino';
import pretty from 'pino-pretty';
import type { AppConfig } from '@app/config';

/** The logger of the process. Headers that carry secrets are never part of a record. */
export function createLogger({ logLevel, logFormat }: AppConfig): Logger {
  const options = { level: logLevel, base: null, timestamp: pino.stdTimeFunctions.isoTime };
  if (logFormat === 'json') return pino(options);
  return pino(
    options,
    pretty({
      translateTime: 'SYS:HH:MM:ss.l',
      ignore: 'request_id,method,url,status,duration_ms,client,context',
      messageFormat: (record, key) => {
        const message = String(record[key]);
        if (message !== 'request') return message;
        return `${text(record, 'method')} ${text(record, 'url')} ${text(record, 'status')} ${text(record, 'duration_ms')} ms`;
      },
    }),
  );
}

function text(record: Record<string, unknown>, key: string): string {
  return String(record[key]);
}
