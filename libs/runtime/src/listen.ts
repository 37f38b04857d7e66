import type { AddressInfo } from 'node:net';
import type { INestApplication } from '@nestjs/common';
import { OperatorError } from '@app/common';

/** Where to listen, and which variable a person would correct. */
export interface ListenOptions {
  readonly host: string;
  readonly port: number;
  readonly portVariable: string;
}

/**
 * Begins to listen.
 *
 * @returns the port, which is a free one where 0 was asked for
 * @throws OperatorError where the address is taken or is none of this machine
 */
export async function listen(app: INestApplication, { host, port, portVariable }: ListenOptions): Promise<number> {
  try {
    await app.listen(port, host);
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
    if (code === 'EADDRINUSE') {
      throw new OperatorError(`Port ${port} on ${host} is taken. Stop what listens there, or set ${portVariable}.`, {
        cause,
      });
    }
    if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND' || code === 'EACCES') {
      const correct = `Correct HOST and ${portVariable}.`;
      throw new OperatorError(`Cannot listen on ${host}:${port} (${code}). ${correct}`, { cause });
    }
    throw cause;
  }
  const server = app.getHttpServer() as { address(): AddressInfo };
  return server.address().port;
}
