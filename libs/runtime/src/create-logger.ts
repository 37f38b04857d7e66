import pino, { type Logger } from 'pino';
import pretty from 'pino-pretty';
import { logContext } from '@app/common';
import type { AppConfig } from '@app/config';

/** What readable lines leave out; what matters of it stands in their text. */
const IGNORED = [
  ...['request_id', 'method', 'url', 'route', 'status', 'duration_ms', 'client', 'client_key', 'admin'],
  ...['job_id', 'job_type', 'attempt', 'context'],
];

/** The logger of the process. Headers that carry secrets are never part of a record. */
export function createLogger({ logLevel, logFormat }: AppConfig): Logger {
  const options = { level: logLevel, base: null, timestamp: pino.stdTimeFunctions.isoTime, mixin: logContext };
  if (logFormat === 'json') return pino(options);
  return pino(
    options,
    pretty({
      translateTime: 'SYS:HH:MM:ss.l',
      ignore: IGNORED.join(','),
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
