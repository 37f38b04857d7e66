import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';

/**
 * Below the ports which systems hand out to outgoing connections (Linux from 32768, macOS
 * from 49152): while a server is stopped, its port must not go to some client, nor may a
 * client which keeps reconnecting to it get the same port and so connect to itself.
 */
const FIRST_PORT = 20_000;
const END_OF_PORTS = 32_000;

const ATTEMPTS = 50;

/** A random port on 127.0.0.1 which nobody listens on. */
export async function freePort(): Promise<number> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const port = randomInt(FIRST_PORT, END_OF_PORTS);
    if (await isFree(port)) return port;
  }
  throw new Error(`No free port between ${FIRST_PORT} and ${END_OF_PORTS} in ${ATTEMPTS} attempts`);
}

async function isFree(port: number): Promise<boolean> {
  const probe = createServer();
  probe.listen(port, '127.0.0.1');
  try {
    await once(probe, 'listening');
  } catch {
    return false;
  }
  probe.close();
  await once(probe, 'close');
  return true;
}
