import { toConfig, type DatabaseConfig } from '@app/config';

/** The part of the configuration that a database url stands for. */
export function databaseConfig(url: string): DatabaseConfig {
  return toConfig({ DATABASE_URL: url }).database;
}
