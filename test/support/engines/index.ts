export { findDatabaseServers, startDatabaseServer } from './discovery';
export { connectDatabaseServer } from './external-server';
export { findRedis, type RedisServer, startRedis } from './redis-server';
export { temporarySqlite } from './temporary-sqlite';
export type { DatabaseEngine, DatabaseServer } from './types';
