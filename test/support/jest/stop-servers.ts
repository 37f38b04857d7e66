import { rememberedServers } from './running-servers';

/** Leaves nothing behind of the servers that were started for the run. */
export default async function stopServers(): Promise<void> {
  await Promise.all(rememberedServers().map((server) => server.dispose()));
}
