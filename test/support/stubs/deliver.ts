import type { ServerResponse } from 'node:http';
import type { Answer } from './answers';

/** Sends an answer over a connection that may be at fault. */
export function deliver(response: ServerResponse, answer: Answer, fault: { readonly kind: string } | null): void {
  // while the answer waited, the client may have gone or the stub been stopped
  if (response.destroyed) return;
  if (fault?.kind === 'hang') return;
  if (fault?.kind === 'reset') {
    response.socket?.resetAndDestroy();
    return;
  }
  const body = Buffer.from(answer.body);
  response.writeHead(answer.status, { ...answer.headers, 'content-length': body.length });
  if (fault?.kind !== 'cut') {
    response.end(body);
    return;
  }
  response.write(body.subarray(0, Math.ceil(body.length / 2)), () => response.destroy());
}
