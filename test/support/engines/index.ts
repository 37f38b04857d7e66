export { type AvailableServer, type DatabaseServers, findDatabaseServers, startDatabaseServer } from './discovery';
export { connectDatabaseServer } from './external-server';
export { type TemporarySqlite, temporarySqlite } from './temporary-sqlite';
export { DATABASE_ENGINES, type DatabaseEngine, type DatabaseServer } from './types';
