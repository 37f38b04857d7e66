import type { DatabaseServer } from '../engines';

// globalSetup and globalTeardown are loaded apart from each other, but share the global object of the jest process
const shared = globalThis as { onetRunningServers?: readonly DatabaseServer[] };

export function rememberServers(servers: readonly DatabaseServer[]): void {
  shared.onetRunningServers = servers;
}

export function rememberedServers(): readonly DatabaseServer[] {
  return shared.onetRunningServers ?? [];
}
