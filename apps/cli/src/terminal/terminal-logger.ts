import type { LoggerService } from '@nestjs/common';

/**
 * Warnings as plain sentences. Errors end a command, whose one sentence about them is enough; the rest is for services.
 */
export class TerminalLogger implements LoggerService {
  constructor(private readonly output: NodeJS.WritableStream) {}

  warn(message: unknown): void {
    this.output.write(`${String(message)}\n`);
  }

  log(): void {
    // not for a terminal
  }

  error(): void {
    // thrown as well, and told by the command
  }
}
