import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { OperatorError } from '@app/common';
import { thrownBy } from '../../../test/support/thrown-by';
import { toConfig } from './load-config';
import { withValuesFromFiles } from './values-from-files';

describe('values from files', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'values-from-files-'));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  function file(content: string): string {
    const path = join(folder, 'value');
    writeFileSync(path, content);
    return path;
  }

  it.each(['0123456789abcdef', '0123456789abcdef\n', ' 0123456789abcdef\r\n'])(
    'are those of the file %j',
    (content) => {
      const { adminApiKeys } = toConfig(withValuesFromFiles({ ADMIN_API_KEYS_FILE: file(content) }));
      expect(adminApiKeys).toEqual(['0123456789abcdef']);
    },
  );

  it('are read for every variable that there is', () => {
    const path = file('mysql://onet:secret@db/onet');
    expect(withValuesFromFiles({ DATABASE_URL_FILE: path, GEMINI_API_KEY_FILE: path, PORT_FILE: path })).toMatchObject({
      DATABASE_URL: 'mysql://onet:secret@db/onet',
      GEMINI_API_KEY: 'mysql://onet:secret@db/onet',
      PORT: 'mysql://onet:secret@db/onet',
    });
  });

  it('are not read for variables of others', () => {
    const environment = { SOMETHING_ELSE_FILE: join(folder, 'missing') };
    expect(withValuesFromFiles(environment)).toEqual(environment);
  });

  it('give way to a value of the variable itself', () => {
    const environment = { PORT: '9000', PORT_FILE: join(folder, 'missing') };
    expect(withValuesFromFiles(environment)).toMatchObject({ PORT: '9000' });
  });

  it('stand in for a variable that is there, but empty', () => {
    expect(withValuesFromFiles({ PORT: ' ', PORT_FILE: file('9000\n') })).toMatchObject({ PORT: '9000' });
  });

  it('count as not set where the file is empty', () => {
    expect(toConfig(withValuesFromFiles({ GEMINI_API_KEY_FILE: file('\n') })).llm.apiKey).toBeNull();
  });

  it('are not asked for where no file is named', () => {
    expect(withValuesFromFiles({ PORT_FILE: ' ' })).toEqual({ PORT_FILE: ' ' });
  });

  it('stop the start with a line for each file that cannot be read', () => {
    const missing = join(folder, 'missing');
    const error = thrownBy(() => withValuesFromFiles({ PORT_FILE: missing, API_KEYS_FILE: folder }));
    expect(error).toBeInstanceOf(OperatorError);
    expect((error as OperatorError).message.split('\n').sort()).toEqual([
      `  API_KEYS_FILE names ${folder}, which cannot be read (EISDIR)`,
      `  PORT_FILE names ${missing}, which cannot be read (ENOENT)`,
      'The configuration is not usable:',
    ]);
  });

  it('are refused where a file is too long to hold one, and not repeated', () => {
    const path = file('hush-hush '.repeat(10_000));
    const { message } = thrownBy(() => withValuesFromFiles({ API_KEYS_FILE: path })) as OperatorError;
    expect(message).toContain(`API_KEYS_FILE names ${path}, which is too long to hold a value`);
    expect(message).not.toContain('hush-hush');
  });
});
