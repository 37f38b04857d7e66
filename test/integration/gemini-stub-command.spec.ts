import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { parseServeOptions } from '../support/gemini/serve-options';
import { StubError } from '../support/stubs/stub-error';
import { thrownBy } from '../support/thrown-by';

const SCRIPT = join(__dirname, '../../scripts/stub-gemini.mjs');

describe('npm run stub:gemini', () => {
  test('serves until it is told to end, and prints the settings', async () => {
    const child = spawn(process.execPath, [SCRIPT, '--port', '0', '--model-version', 'gemini-9-pro'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    try {
      const ended = once(child, 'close');
      let settings = '';
      for await (const line of createInterface({ input: child.stdout })) {
        settings += `${line}\n`;
        if (line.startsWith('Ready')) break;
      }
      const [, key = '', url = ''] = /GEMINI_API_KEY=(\S+) GEMINI_BASE_URL=(\S+)/.exec(settings) ?? [];

      const path = '/v1beta/models/gemini-flash-latest:generateContent';
      const response = await fetch(`${url}${path}`, { method: 'POST', headers: { 'x-goog-api-key': key }, body: '{}' });
      child.kill('SIGTERM');

      expect([response.status, key.length >= 20]).toEqual([400, true]);
      expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
      expect(settings).toContain('gemini-9-pro');
      expect(await ended).toEqual([0, null]);
    } finally {
      child.kill('SIGKILL');
    }
  });

  test('ends with a sentence where the port is taken', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    try {
      const child = spawn(process.execPath, [SCRIPT, '--port', String(port)], { stdio: ['ignore', 'ignore', 'pipe'] });
      let errors = '';
      child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));

      expect(await once(child, 'close')).toEqual([1, null]);
      expect(errors).toBe(`Port ${port} is in use already.\n`);
    } finally {
      other.close();
    }
  });

  test('takes a port, a latency, a model and a limit', () => {
    expect(parseServeOptions([])).toEqual({ port: 8901, latencyMs: 0, requestsPerMinute: 0 });
    expect(
      parseServeOptions(['--port=9000', '--latency-ms', '250', '--model-version', 'x', '--requests-per-minute', '5']),
    ).toEqual({ port: 9000, latencyMs: 250, modelVersion: 'x', requestsPerMinute: 5 });
  });

  test.each([
    [['--port', '65536'], 'The option --port takes a whole number from 0 to 65535, not "65536".'],
    [['--latency-ms', '-1'], 'The option --latency-ms takes a whole number from 0 to 600000, not "-1".'],
    [['--model-version'], 'The option --model-version needs a value.'],
    [['gemini'], 'The argument "gemini" belongs to no option.'],
    [
      ['--model', 'x'],
      'The option --model is unknown; the options are --port, --latency-ms, --model-version, --requests-per-minute.',
    ],
  ])('refuses %j in one sentence', (args, sentence) => {
    const error = thrownBy(() => parseServeOptions(args));

    expect(error).toBeInstanceOf(StubError);
    expect((error as StubError).message).toBe(sentence);
  });
});
