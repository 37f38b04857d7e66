import type { LoggerService } from '@nestjs/common';
import type { Logger } from 'pino';

/** What the framework says about wiring itself up; of use only when that goes wrong. */
const FRAMEWORK_CONTEXTS = new Set([
  'InstanceLoader',
  'NestApplication',
  'NestFactory',
  'RouterExplorer',
  'RoutesResolver',
]);

/** Contexts that report an error and throw it, too. */
const RETHROWING_CONTEXTS = new Set(['ExceptionHandler', 'NestApplication']);

/** Lets Nest, and whatever uses Nest's Logger, write to the logger of the process. */
export class NestLogger implements LoggerService {
  constructor(private readonly logger: Logger) {}

  log(message: unknown, ...rest: unknown[]): void {
    const context = contextOf(rest);
    if (context !== undefined && FRAMEWORK_CONTEXTS.has(context)) this.logger.debug({ context }, String(message));
    else this.logger.info({ context, ...fieldsOf(rest) }, String(message));
  }

  warn(message: unknown, ...rest: unknown[]): void {
    this.logger.warn({ context: contextOf(rest), ...fieldsOf(rest) }, String(message));
  }

  error(message: unknown, ...rest: unknown[]): void {
    // what these tell is thrown as well, and told once by who catches it
    if (RETHROWING_CONTEXTS.has(contextOf(rest) ?? '')) return;
    const stack = rest.length > 1 && typeof rest[0] !== 'object' ? rest[0] : undefined;
    this.logger.error({ context: contextOf(rest), stack, ...fieldsOf(rest) }, String(message));
  }

  fatal(message: unknown, ...rest: unknown[]): void {
    this.logger.fatal({ context: contextOf(rest) }, String(message));
  }

  debug(message: unknown, ...rest: unknown[]): void {
    this.logger.debug({ context: contextOf(rest) }, String(message));
  }

  verbose(message: unknown, ...rest: unknown[]): void {
    this.logger.trace({ context: contextOf(rest) }, String(message));
  }
}

/** What else the record is to say, where it was given. */
function fieldsOf([first]: readonly unknown[]): object {
  return typeof first === 'object' && first !== null ? first : {};
}

/** Nest gives the context as the last argument. */
function contextOf(rest: readonly unknown[]): string | undefined {
  const last = rest.at(-1);
  return typeof last === 'string' ? last : undefined;
}
