import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { openDatabase, restore as restoreDatabase } from '@app/database';
import { databaseConfig } from '../support/database-config';
import { describeOnEveryServer } from '../support/databases';
import { useTemporaryFolder } from '../support/temporary-folder';

const SCRIPTS = resolve(__dirname, '../../docker/mysql');

interface Ran {
  readonly code: number | null;
  readonly stdout: Buffer;
  readonly stderr: string;
}

describeOnEveryServer('The scripts of docker/mysql', (database) => {
  const folder = useTemporaryFolder();

  /** Runs a script where the programs of the server find it by themselves, as they do in its container. */
  const run = async (
    url: string,
    script: string,
    args: readonly string[] = [],
    input: Buffer = Buffer.alloc(0),
  ): Promise<Ran> => {
    const { hostname, port, password, pathname } = new URL(url);
    const passwordFile = join(folder.path, 'root-password');
    await writeFile(passwordFile, decodeURIComponent(password));
    await writeFile(join(folder.path, '.my.cnf'), `[client]\nprotocol=tcp\nhost=${hostname}\nport=${port}\n`);
    const child = spawn('bash', [join(SCRIPTS, script), ...args], {
      env: {
        PATH: process.env['PATH'],
        HOME: folder.path,
        PASSWORD_FILE: passwordFile,
        MYSQL_DATABASE: pathname.slice(1),
      },
    });
    const stdout: Buffer[] = [];
    let stderr = '';
    child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    child.stdin.end(input);
    const [code] = (await once(child, 'close')) as [number | null];
    return { code, stdout: Buffer.concat(stdout), stderr };
  };

  const migrated = async (revision: number): Promise<string> => {
    const url = await database.create();
    const dataSource = await openDatabase(databaseConfig(url));
    await dataSource.query('UPDATE active_release SET revision = ?', [revision]);
    await dataSource.destroy();
    return url;
  };

  const revisionOf = async (url: string): Promise<unknown> => {
    const dataSource = await openDatabase(databaseConfig(url));
    const rows = await dataSource.query<{ revision: number }[]>('SELECT revision FROM active_release');
    await dataSource.destroy();
    return rows[0]?.revision;
  };

  test('make a backup and restore it, and npm run restore reads it, too', async () => {
    const [url, target, other] = [await migrated(12), await database.create(), await database.create()];

    const backup = await run(url, 'backup.sh');
    const restored = await run(target, 'restore.sh', [], backup.stdout);
    await writeFile(join(folder.path, 'onet.gz'), backup.stdout);
    await restoreDatabase(databaseConfig(other), join(folder.path, 'onet.gz'), false, new AbortController().signal);

    expect([backup.code, restored.code]).toEqual([0, 0]);
    expect(restored.stdout.toString()).toMatch(/^The backup is restored\./);
    expect([await revisionOf(target), await revisionOf(other)]).toEqual([12, 12]);
  });

  test('make no backup of a database whose restore broke off', async () => {
    const url = await migrated(12);
    const dataSource = await openDatabase(databaseConfig(url));
    await dataSource.query('CREATE TABLE unfinished_restore (id int PRIMARY KEY)');
    await dataSource.destroy();

    const backup = await run(url, 'backup.sh');

    expect([backup.code, backup.stdout.length]).toEqual([1, 0]);
    expect(backup.stderr).toMatch(/^The database is incomplete, /);
  });

  test('touch nothing where the backup is damaged, the database holds something, or it is in use', async () => {
    const [url, target] = [await migrated(12), await migrated(3)];
    const { stdout: whole } = await run(url, 'backup.sh');

    const damaged = await run(target, 'restore.sh', ['--replace'], whole.subarray(0, whole.length >> 1));
    const full = await run(target, 'restore.sh', [], whole);
    const user = await openDatabase(databaseConfig(target));
    const inUse = await run(target, 'restore.sh', ['--replace'], whole);
    await user.destroy();
    const before = await revisionOf(target);
    const replaced = await run(target, 'restore.sh', ['--replace'], whole);

    expect([damaged.code, damaged.stderr]).toEqual([1, expect.stringMatching(/ is damaged or was cut off\./)]);
    expect([full.code, full.stderr]).toEqual([1, expect.stringMatching(/ Add --replace /)]);
    expect([inUse.code, inUse.stderr]).toEqual([1, expect.stringMatching(/^The database is in use: /)]);
    expect([before, replaced.code, await revisionOf(target)]).toEqual([3, 0, 12]);
  });
});
