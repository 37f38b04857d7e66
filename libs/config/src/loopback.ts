import type { AppConfig } from './app-config';

/**
 * Whether nobody but this machine can ask: the server listens on loopback, and no proxy stands before it, through which
 * everybody would come from this machine.
 */
export function isForThisMachineOnly({ host, trustProxy }: Pick<AppConfig, 'host' | 'trustProxy'>): boolean {
  return trustProxy === false && (host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host));
}
