import type { DataSource } from 'typeorm';

/** Statements that would bring the schema to what the entities say. */
export async function drift(dataSource: DataSource): Promise<string[]> {
  const { upQueries } = await dataSource.driver.createSchemaBuilder().log();
  return upQueries.map(({ query }) => query);
}
