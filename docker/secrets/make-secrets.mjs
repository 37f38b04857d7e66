// Makes the secrets that a first start needs, each in a file of its own, and leaves alone what is there. They lie in two
// volumes: one for the database, one for those who use it.
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const [databaseFolder, appFolder] = process.argv.slice(2);

const random = () => randomBytes(24).toString('base64url');

/** What the file holds, which is `make()` where there is none yet. */
function secret(folder, name, make) {
  const path = join(folder, name);
  if (existsSync(path)) return readFileSync(path, 'utf8');
  const value = make();
  // of a start that was cut off
  rmSync(`${path}.new`, { force: true });
  // whoever mounts the volume runs as a user of its own; who does not mount it cannot see it
  writeFileSync(`${path}.new`, value, { mode: 0o444, flush: true });
  // a file of which only half was written would be taken for a secret the next time
  renameSync(`${path}.new`, path);
  process.stdout.write(`made ${name}\n`);
  return value;
}

secret(databaseFolder, 'root-password', random);
const password = secret(databaseFolder, 'password', random);
secret(appFolder, 'database-url', () => `mysql://onet:${password}@mysql:3306/onet`);
secret(appFolder, 'admin-api-keys', random);
