export { findDatabaseServers, startDatabaseServer } from './discovery';
export { connectDatabaseServer } from './external-server';
export { temporarySqlite } from './temporary-sqlite';
export type { DatabaseEngine, DatabaseServer } from './types';
