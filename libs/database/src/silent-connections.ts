import type { Socket } from 'node:net';
import type { PoolConnection } from 'mysql2';
import type { DataSource } from 'typeorm';
import { mysqlPool } from './mysql-pool';

/** Statements take milliseconds, the largest on a slow disk a few seconds; none waits longer than 5 s for a lock on rows. */
export const SILENT_MS = 15_000;

/**
 * From now on ends connections whose server says nothing for too long while a statement is under way: it is frozen, or
 * the network loses all that is sent. Without that, whoever waits would do so until the operating system gives up, which
 * takes a quarter of an hour. What was under way fails, and is known as unavailability by its code `ETIMEDOUT`.
 *
 * Does nothing on SQLite.
 */
export function endSilentConnections(dataSource: DataSource, silentMs: number): void {
  const watched = new WeakSet<PoolConnection>();
  // where it is handed out, and not where it is made: some were made before
  mysqlPool(dataSource)?.on('acquire', (connection) => {
    if (watched.has(connection)) return;
    watched.add(connection);
    watch(connection, silentMs);
  });
}

/** The time of a socket begins anew with every byte; it runs only while a statement is under way. */
function watch(connection: PoolConnection, silentMs: number): void {
  const { stream } = connection as unknown as { stream: Socket };
  stream.on('timeout', () => {
    const error = new Error(`The server has said nothing for ${silentMs / 1000} s`);
    stream.destroy(Object.assign(error, { code: 'ETIMEDOUT' }));
  });
  let underWay = 0;
  const query = connection.query.bind(connection) as (...args: unknown[]) => ReturnType<PoolConnection['query']>;
  const watchedQuery = (...args: unknown[]) => {
    const command = query(...args);
    if (underWay++ === 0) stream.setTimeout(silentMs);
    command.once('end', () => {
      if (--underWay === 0) stream.setTimeout(0);
    });
    return command;
  };
  connection.query = watchedQuery as PoolConnection['query'];
}
