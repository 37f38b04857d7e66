import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { OperatorError } from '@app/common';
import { toConfig, type Environment } from '@app/config';
import { AdminKeys } from './admin-keys';

const FIRST = 'first-key-of-the-admins';
const SECOND = 'second-key-of-the-admins';

describe('AdminKeys', () => {
  let folder: string;
  let file: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'onet-admin-keys-'));
    file = join(folder, 'data', 'admin-key');
  });

  afterEach(() => rm(folder, { recursive: true, force: true }));

  const load = (environment: Environment = {}): Promise<AdminKeys> =>
    AdminKeys.load(toConfig({ DATABASE_URL: `sqlite:${join(folder, 'data', 'onet.sqlite')}`, ...environment }));

  it('knows each of the configured keys by an id of its own, which is not the key', async () => {
    const keys = await load({ ADMIN_API_KEYS: `${FIRST},${SECOND}` });

    const ids = [keys.identify(FIRST), keys.identify(SECOND)];
    expect(ids).toEqual([expect.stringMatching(/^[0-9a-f]{8}$/), expect.stringMatching(/^[0-9a-f]{8}$/)]);
    expect(ids[0]).not.toBe(ids[1]);
  });

  it('knows a key by the same id in every process', async () => {
    const [one, other] = [await load({ ADMIN_API_KEYS: FIRST }), await load({ ADMIN_API_KEYS: `${SECOND},${FIRST}` })];

    expect(one.identify(FIRST)).toBe(other.identify(FIRST));
  });

  it.each(['', 'x', FIRST.slice(0, -1), `${FIRST} `, FIRST.toUpperCase(), `${FIRST},${SECOND}`])(
    'does not know "%s"',
    async (given) => {
      const keys = await load({ ADMIN_API_KEYS: `${FIRST},${SECOND}` });

      expect(keys.identify(given)).toBeNull();
    },
  );

  it('makes no file where keys are configured', async () => {
    const keys = await load({ ADMIN_API_KEYS: FIRST });

    expect(keys.file).toBeNull();
    expect(await readdir(folder)).toEqual([]);
  });

  it('demands keys beside a database server, whose every replica has to know the same', async () => {
    const loading = load({ DATABASE_URL: 'mysql://user:secret@127.0.0.1/onet' });

    await expect(loading).rejects.toThrow(OperatorError);
    await expect(loading).rejects.toThrow(/^ADMIN_API_KEYS is not set\./);
  });

  it('makes a key beside an SQLite file that only its owner can read', async () => {
    const keys = await load();

    const key = (await readFile(file, 'utf8')).trim();
    expect(keys.file).toBe(file);
    expect(key).toMatch(/^[\w-]{32}$/);
    expect(keys.identify(key)).not.toBeNull();
    expect((await stat(file)).mode & 0o777).toBe(0o600);
  });

  it('keeps the key that it made', async () => {
    await load();
    const key = (await readFile(file, 'utf8')).trim();

    const again = await load();

    expect(again.identify(key)).not.toBeNull();
  });

  it('makes another key for each installation', async () => {
    await load();
    const first = await readFile(file, 'utf8');
    await rm(file);

    await load();

    expect(await readFile(file, 'utf8')).not.toBe(first);
  });

  it('agrees on one key where several processes start at the same time, and leaves nothing else behind', async () => {
    const started = await Promise.all(Array.from({ length: 8 }, () => load()));

    const key = (await readFile(file, 'utf8')).trim();
    expect(started.filter((keys) => keys.identify(key) === null)).toEqual([]);
    expect(await readdir(join(folder, 'data'))).toEqual(['admin-key']);
  });

  it('takes a key that somebody wrote into the file', async () => {
    await load();
    await writeFile(file, `${FIRST}\n`);

    expect((await load()).identify(FIRST)).not.toBeNull();
  });

  it.each(['', '\n', 'short\n'])('refuses a file that holds no key: %j', async (content) => {
    await load();
    await writeFile(file, content);

    await expect(load()).rejects.toThrow(
      `The admin key in ${file} cannot be used: it holds no key of at least 16 characters. ` +
        'Delete the file to have one made, or set ADMIN_API_KEYS.',
    );
  });

  it('says which file it cannot read', async () => {
    await writeFile(join(folder, 'data'), 'a file where the folder should be');

    await expect(load()).rejects.toThrow(`The admin key in ${file} cannot be used: `);
  });
});
