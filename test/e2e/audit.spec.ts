import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import type { RequestListener } from 'node:http';
import { useStubServer } from '../support/stub-server';
import { useTemporaryFolder } from '../support/temporary-folder';

const ROOT = resolve(__dirname, '../..');
const ADVISORY = 'GHSA-xxxx-yyyy-zzzz';
const ASKS_FOR_ADVISORIES = '/-/npm/v1/security/advisories/bulk';

jest.setTimeout(60_000);

describe('The audit of dependencies', () => {
  const registry = useStubServer();
  const folder = useTemporaryFolder();

  /** Runs it as CI does, with the stub for a registry. */
  async function audit(exceptions: object[] = [], environment: object = {}): Promise<{ code: unknown; said: string }> {
    const file = join(folder.path, 'exceptions.json');
    await writeFile(file, JSON.stringify(exceptions));
    const child = spawn(process.execPath, [join(ROOT, 'scripts', 'audit.mjs')], {
      env: {
        ...process.env,
        npm_config_registry: registry.url,
        npm_config_cache: join(folder.path, 'cache'),
        npm_config_fetch_retries: '0',
        AUDIT_EXCEPTIONS: file,
        AUDIT_REQUIRED: '',
        ...environment,
      },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [said, [code]] = await Promise.all([text(child.stdout), once(child, 'close') as Promise<unknown[]>]);
    return { code, said };
  }

  function knows(severity: string | null): RequestListener {
    const advisory = {
      id: 1,
      url: `https://github.com/advisories/${ADVISORY}`,
      title: 'Something is wrong',
      severity,
      vulnerable_versions: '>=0',
      cwe: [],
      cvss: { score: 0, vectorString: null },
    };
    return (request, response) => {
      response.setHeader('content-type', 'application/json');
      if (request.url === ASKS_FOR_ADVISORIES)
        response.end(JSON.stringify(severity === null ? {} : { pino: [advisory] }));
      else response.writeHead(404).end('{}');
    };
  }

  function exception(expires: string): object {
    return { id: ADVISORY, package: 'pino', reason: 'we do not use that part of it', expires };
  }

  test.each(['high', 'critical'])('fails for a vulnerability of %s severity, and names it', async (severity) => {
    registry.answer(knows(severity));

    const { code, said } = await audit();

    expect([code, said]).toEqual([
      1,
      expect.stringContaining(`FAILED ${severity}: pino: Something is wrong (${ADVISORY}`),
    ]);
  });

  test.each([null, 'low', 'moderate'])('passes where nothing worse than %s is known', async (severity) => {
    registry.answer(knows(severity));

    expect(await audit()).toEqual({
      code: 0,
      said: expect.stringMatching(/^No vulnerability of high or critical/) as string,
    });
  });

  test('passes where the vulnerability is accepted with a reason, and shows that', async () => {
    registry.answer(knows('high'));

    const { code, said } = await audit([exception('2999-12-31')]);

    expect([code, said]).toEqual([
      0,
      expect.stringContaining(`accepted until 2999-12-31: pino (${ADVISORY}): we do not use that part of it`),
    ]);
  });

  test.each([
    ['has expired', exception('2020-01-31'), 'has expired on 2020-01-31'],
    ['has no reason', { ...exception('2999-12-31'), reason: ' ' }, 'lacks id, package, reason or expires'],
    ['has no day to expire on', exception('never'), 'lacks id, package, reason or expires'],
  ])('fails where the exception %s', async (_, one, why) => {
    registry.answer(knows(null));

    const { code, said } = await audit([one]);

    expect([code, said]).toEqual([1, expect.stringContaining(why)]);
  });

  test.each([
    ['without a checksum', { version: '1.0.0' }, 'added has no SHA-512 in package-lock.json'],
    ['with a weak checksum', { version: '1.0.0', integrity: 'sha1-abc=' }, 'added has no SHA-512'],
    [
      'from elsewhere',
      { version: '1.0.0', integrity: 'sha512-abc==', resolved: 'git+ssh://git@example.org/added.git' },
      'added does not come from the registry: git+ssh://',
    ],
    [
      'with a script that nobody has decided about',
      { version: '1.0.0', integrity: 'sha512-abc==', hasInstallScript: true },
      'added has an install script',
    ],
  ])('fails for a package %s, though nobody could be asked', async (_, locked, why) => {
    registry.answer((_request, response) => response.writeHead(405).end());
    const file = join(folder.path, 'package-lock.json');
    await writeFile(file, JSON.stringify({ packages: { '': {}, 'node_modules/other/node_modules/added': locked } }));

    const { code, said } = await audit([], { AUDIT_LOCKFILE: file });

    expect([code, said]).toEqual([1, expect.stringContaining(`FAILED ${why}`)]);
  });

  test('says loudly where it could not ask, and fails only where it has to', async () => {
    registry.answer((_request, response) => response.writeHead(405).end());

    const [local, required] = [await audit(), await audit([], { AUDIT_REQUIRED: 'true' })];

    expect([local.code, required.code]).toEqual([0, 1]);
    expect(local.said).toContain('!!! NOT AUDITED');
    expect(local.said).not.toContain('No vulnerability');
  });
});
