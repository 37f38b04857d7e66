import { randomBytes } from 'node:crypto';
import { createConnection } from 'mysql2/promise';

/** A database user with a password that must not show up anywhere. */
export interface DatabaseUser {
  /** Connects as this user. */
  readonly databaseUrl: string;
  /** The password, in the forms in which it could be shown. */
  readonly secrets: readonly string[];
  drop(): Promise<void>;
}

/** Makes a user who may use one database, with a password of characters that have to be encoded in a url. */
export async function createDatabaseUser(databaseUrl: string): Promise<DatabaseUser> {
  const name = `onet_test_${randomBytes(4).toString('hex')}`;
  const password = `p@ss/${randomBytes(6).toString('hex')}%?#: "w`;
  const database = decodeURIComponent(new URL(databaseUrl).pathname.slice(1));
  const connection = await createConnection({ uri: databaseUrl });
  // an anonymous user of the local host, where there is one, would be preferred to one of any host
  const accounts = ['%', 'localhost'].map((host) => `'${name}'@'${host}'`);
  for (const account of accounts) {
    await connection.query(`CREATE USER ${account} IDENTIFIED BY ?`, [password]);
    await connection.query(`GRANT ALL ON \`${database}\`.* TO ${account}`);
  }
  const url = new URL(databaseUrl);
  url.username = name;
  url.password = encodeURIComponent(password);
  return {
    databaseUrl: url.href,
    secrets: [password, encodeURIComponent(password), url.password, JSON.stringify(password).slice(1, -1)],
    drop: async () => {
      await connection.query(`DROP USER ${accounts.join(', ')}`);
      await connection.end();
    },
  };
}
