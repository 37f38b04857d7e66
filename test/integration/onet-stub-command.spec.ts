import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { OnetStub } from '../support/onet-web-services/onet-stub';
import { parseServeOptions } from '../support/onet-web-services/serve-options';
import { SCALE_FILE, SKILL_FILE, SmallRelease } from '../support/release-folder';
import { StubError } from '../support/stubs/stub-error';
import { useTemporaryFolder } from '../support/temporary-folder';
import { rejectionOf, thrownBy } from '../support/thrown-by';

const SCRIPT = join(__dirname, '../../scripts/stub-onet.mjs');

describe('npm run stub:onet', () => {
  const folder = useTemporaryFolder();

  test('serves a folder until it is told to end', async () => {
    const data = await new SmallRelease().writeFolder(join(folder.path, 'release'));
    const child = spawn(process.execPath, [SCRIPT, '--data', data, '--port', '0'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    try {
      const ended = once(child, 'close');
      let settings = '';
      for await (const line of createInterface({ input: child.stdout })) {
        settings += line;
        if (line.startsWith('Ready')) break;
      }
      const [, key = '', url = ''] = /ONET_API_KEY=(\S+) ONET_API_BASE_URL=(\S+)/.exec(settings) ?? [];

      const response = await fetch(`${url}/database`, { headers: { 'x-api-key': key } });
      child.kill('SIGTERM');

      expect(response.status).toBe(200);
      expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/v2$/);
      expect(await ended).toEqual([0, null]);
    } finally {
      child.kill('SIGKILL');
    }
  });

  test('ends with a sentence where the port is taken', async () => {
    const data = await new SmallRelease().writeFolder(join(folder.path, 'release'));
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    try {
      const child = spawn(process.execPath, [SCRIPT, '--data', data, '--port', String(port)], {
        stdio: ['ignore', 'ignore', 'pipe'],
      });
      let errors = '';
      child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));

      expect(await once(child, 'close')).toEqual([1, null]);
      expect(errors).toBe(`Port ${port} is in use already.\n`);
    } finally {
      other.close();
    }
  });

  test('takes a folder, a port, a layout and a limit', () => {
    expect(parseServeOptions(['--data', 'release'])).toEqual({ data: 'release', port: 8900, requestsPerSecond: 0 });
    expect(
      parseServeOptions(['--data=release', '--port', '9000', '--layout', 'two', '--requests-per-second', '5']),
    ).toEqual({ data: 'release', port: 9000, layout: 'two', requestsPerSecond: 5 });
  });

  test.each([
    [[], 'The option --data must name the folder of a text release.'],
    [['--data'], 'The option --data needs a value.'],
    [['--data', 'x', '--port', 'http'], 'The option --port takes a whole number from 0 to 65535, not "http".'],
    [['--data', 'x', '--port', '65536'], 'The option --port takes a whole number from 0 to 65535, not "65536".'],
    [['--data', 'x', '--layout', 'three'], 'The option --layout takes one or two, not "three".'],
    [['release'], 'The argument "release" belongs to no option.'],
    [
      ['--folder', 'x'],
      'The option --folder is unknown; the options are --data, --port, --layout, --requests-per-second.',
    ],
  ])('refuses %j in one sentence', (args, sentence) => {
    const error = thrownBy(() => parseServeOptions(args));

    expect(error).toBeInstanceOf(StubError);
    expect((error as StubError).message).toBe(sentence);
  });

  test('refuses a folder without the files of a release in one sentence', async () => {
    const refusal = async (path: string): Promise<string> =>
      ((await rejectionOf(OnetStub.fromFolder(path))) as StubError).message;
    const [empty, scaleless, skilless] = ['empty', 'scaleless', 'skilless'].map((name) => join(folder.path, name));
    await mkdir(empty!);
    await new SmallRelease().removeFile(SCALE_FILE).writeFolder(scaleless!);
    await new SmallRelease().removeFile(SKILL_FILE).writeFolder(skilless!);

    expect(await refusal(empty!)).toBe(`The folder ${empty!} has no Occupation Data.txt.`);
    expect(await refusal(scaleless!)).toBe(`The folder ${scaleless!} has no Scales Reference.txt.`);
    expect(await refusal(skilless!)).toBe(
      `The folder ${skilless!} has neither Skills.txt nor both Essential Skills.txt and Transferable Skills.txt.`,
    );
  });
});
