import { chmod, mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describeOnEveryServer } from '../support/databases';
import { createDatabaseUser } from '../support/e2e/database-users';
import { useProcesses } from '../support/e2e/processes';
import { findProgram } from '../support/engines/find-program';

const DUMP_PROGRAMS = ['mysqldump', 'mariadb-dump'];

describeOnEveryServer('The programs of the server, for backups,', (database) => {
  const processes = useProcesses();

  /** A folder of programs that stand before those that are installed. */
  const programs = async (script: (real: string) => string): Promise<string> => {
    const folder = await processes.folder();
    for (const name of DUMP_PROGRAMS) {
      const real = await findProgram(name);
      if (real === undefined) continue;
      await writeFile(join(folder, name), `#!/bin/sh\n${script(real)}\n`);
      await chmod(join(folder, name), 0o755);
    }
    return folder;
  };

  const migrated = async (): Promise<string> => {
    const databaseUrl = await database.create();
    await processes.runCli(['releases'], { databaseUrl });
    return databaseUrl;
  };

  test('are not given the password as an argument, and the file that they are given it by is gone', async () => {
    const [user, folder] = [await createDatabaseUser(await migrated()), await processes.folder()];
    const temporary = await processes.folder();
    const seen = join(folder, 'seen.txt');
    const path = await programs((real) => `echo "$@" >> '${seen}'; exec ${real} "$@"`);
    try {
      const backup = await processes.runCli(['backup', join(folder, 'onet.gz')], {
        databaseUrl: user.databaseUrl,
        environment: { PATH: `${path}:${process.env['PATH'] ?? ''}`, TMPDIR: temporary },
      });

      expect([backup.code, backup.stderr]).toEqual([0, '']);
      const text = (await readFile(seen, 'utf8')) + backup.stdout;
      expect(text).toMatch(/--defaults-file=\S+ .*--single-transaction/);
      for (const secret of user.secrets) expect(text).not.toContain(secret);
      expect(await readdir(temporary)).toEqual([]);
    } finally {
      await user.drop();
    }
  });

  test('are named where they are not installed, and nothing is touched', async () => {
    const [databaseUrl, folder] = [await migrated(), await processes.folder()];
    const file = join(folder, 'onet.gz');
    await processes.runCli(['backup', file], { databaseUrl });
    const path = await processes.folder();
    await symlink(process.execPath, join(path, 'node'));
    const environment = { PATH: path };

    const backup = await processes.runCli(['backup', join(folder, 'other.gz')], { databaseUrl, environment });
    const restore = await processes.runCli(['restore', file, '--replace'], { databaseUrl, environment });

    const sentence = /^Neither \S+ nor \S+ is installed here .*Install the client of your server.*\n$/;
    expect([backup.code, backup.stderr]).toEqual([1, expect.stringMatching(sentence)]);
    expect([restore.code, restore.stderr]).toEqual([1, expect.stringMatching(sentence)]);
    expect((await readdir(folder)).sort()).toEqual(['onet.gz', 'onet.gz.sha256']);
    expect((await processes.runCli(['releases'], { databaseUrl })).code).toBe(0);
  });

  test('leave no backup where they fail in the middle', async () => {
    const [databaseUrl, folder] = [await migrated(), await processes.folder()];
    const path = await programs((real) => `${real} "$@" | head -c 3000; echo "Lost connection" >&2; exit 2`);
    await mkdir(join(folder, 'backups'));

    const backup = await processes.runCli(['backup', join(folder, 'backups', 'onet.gz')], {
      databaseUrl,
      environment: { PATH: `${path}:${process.env['PATH'] ?? ''}` },
    });

    expect([backup.code, backup.stderr]).toEqual([1, expect.stringMatching(/ failed \(2\): .*Lost connection\n$/)]);
    expect(await readdir(join(folder, 'backups'))).toEqual([]);
  });
});
