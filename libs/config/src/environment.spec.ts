import { OperatorError } from '@app/common';
import { thrownBy } from '../../../test/support/thrown-by';
import { type ENVIRONMENT_SPECS, parseEnvironment } from './environment';

type Variable = keyof typeof ENVIRONMENT_SPECS;

interface Cases {
  readonly unset: unknown;
  /** Values and what they are read as. */
  readonly good: readonly (readonly [value: string, read: unknown])[];
  /** Values that stop the start. */
  readonly bad: readonly string[];
}

/** Typed so that a variable without cases does not compile. */
const CASES: Record<Variable, Cases> = {
  HOST: {
    unset: '127.0.0.1',
    good: [
      ['0.0.0.0', '0.0.0.0'],
      ['::1', '::1'],
      [' localhost ', 'localhost'],
    ],
    bad: [],
  },
  PORT: {
    unset: 8000,
    good: [
      ['0', 0],
      ['8080', 8080],
      ['65535', 65_535],
    ],
    bad: ['65536', '-1', '80.5', '0x50', '8e3', 'http', '8000 8001'],
  },
  TRUST_PROXY: {
    unset: false,
    good: [
      ['true', true],
      ['false', false],
      ['10.0.0.1', '10.0.0.1'],
      ['10.0.0.0/8, ::1', '10.0.0.0/8,::1'],
      ['loopback,uniquelocal', 'loopback,uniquelocal'],
    ],
    bad: ['yes', '10.0.0.1,', 'proxy.example.org', '10.0.0.256', '10.0.0.0/33', '::1/129', 'fade', '1'],
  },
  DATABASE_URL: {
    unset: { kind: 'sqlite', path: './.data/onet.sqlite' },
    good: [['sqlite:/srv/onet.sqlite', { kind: 'sqlite', path: '/srv/onet.sqlite' }]],
    bad: ['postgres://localhost/onet', '/srv/onet.sqlite', 'sqlite:', 'mysql://localhost'],
  },
  REDIS_URL: {
    unset: undefined,
    good: [
      ['redis://localhost', 'redis://localhost'],
      ['redis://user:secret@127.0.0.1:6380/2', 'redis://user:secret@127.0.0.1:6380/2'],
      ['rediss://cache.example.org:6379/', 'rediss://cache.example.org:6379/'],
    ],
    bad: ['localhost:6379', 'http://localhost:6379', 'redis://', 'redis://localhost/one', 'redis://localhost?db=1'],
  },
  ADMIN_API_KEYS: {
    unset: undefined,
    good: [
      ['0123456789abcdef', ['0123456789abcdef']],
      ['0123456789abcdef, fedcba9876543210', ['0123456789abcdef', 'fedcba9876543210']],
    ],
    bad: ['short', '0123456789abcdef,short', '0123456789abcdef,', '0123456789 abcdef', '0123456789abcdéf'],
  },
  METRICS_KEYS: {
    unset: undefined,
    good: [['0123456789abcdef', ['0123456789abcdef']]],
    bad: ['short'],
  },
  WORKER_PORT: {
    unset: 8001,
    good: [['0', 0]],
    bad: ['65536', 'http'],
  },
  ONET_DATA_ROOT: {
    unset: undefined,
    good: [['/srv/releases', '/srv/releases']],
    bad: [],
  },
  INGESTION_CRON: {
    unset: undefined,
    good: [
      ['0 4 * * 1', '0 4 * * 1'],
      ['*/15  * * * *', '*/15 * * * *'],
    ],
    bad: ['0 4 * *', '0 0 4 * * 1', '@daily', '61 4 * * *', 'at four', '0 4 31 2 *'],
  },
  INGESTION_CRON_SOURCE: {
    unset: undefined,
    good: [
      ['directory:30.1', { source: 'directory', path: '30.1' }],
      ['download:30.1', { source: 'download', release: '30.1' }],
    ],
    bad: ['30.1', 'directory:', 'download:newest', 'ftp:30.1'],
  },
  ONET_API_KEY: {
    unset: undefined,
    good: [[' Ab-12_x ', 'Ab-12_x']],
    bad: ['a\nb', 'ключ', 'x'.repeat(257)],
  },
  ONET_USERNAME: { unset: undefined, good: [['my_site', 'my_site']], bad: ['a\u0000b'] },
  ONET_PASSWORD: { unset: undefined, good: [['1234abc', '1234abc']], bad: ['a\rb'] },
  ONET_API_BASE_URL: {
    unset: undefined,
    good: [['http://127.0.0.1:9000/v2/', 'http://127.0.0.1:9000/v2']],
    bad: ['api-v2.onetcenter.org', 'https://user:secret@api.example.org', 'https://api.example.org/?key=1'],
  },
  ONET_PULL_WAIT_MS: {
    unset: 10_000,
    good: [
      ['0', 0],
      ['60000', 60_000],
    ],
    bad: ['60001', '-1', '1.5', 'soon'],
  },
  ONET_TIMEOUT_MS: { unset: 10_000, good: [['100', 100]], bad: ['99', '120001', '10s'] },
  ONET_REQUESTS_PER_SECOND: {
    unset: 5,
    good: [
      ['0', 0],
      ['1', 1],
    ],
    bad: ['6', '-1', '0.5'],
  },
  ONET_DAILY_REQUEST_LIMIT: { unset: 50_000, good: [['0', 0]], bad: ['50001', '-1'] },
  ONET_PULLS_PER_MINUTE: { unset: 30, good: [['0', 0]], bad: ['-1', '100001', 'many'] },
  RATE_LIMIT_PER_MINUTE: {
    unset: 600,
    good: [
      ['0', 0],
      ['1000000', 1_000_000],
    ],
    bad: ['-1', '1000001', 'many', '1.5'],
  },
  SHUTDOWN_DELAY_MS: {
    unset: 0,
    good: [
      ['0', 0],
      ['3000', 3000],
    ],
    bad: ['-1', '3001', '2s'],
  },
  API_KEYS: {
    unset: undefined,
    good: [['0123456789abcdef, fedcba9876543210', ['0123456789abcdef', 'fedcba9876543210']]],
    bad: ['short', '0123456789abcdef,', '0123456789 abcdef'],
  },
  NORMALIZATION_CRON: { unset: undefined, good: [['0 5 * * *', '0 5 * * *']], bad: ['daily', '0 5 * *'] },
  GEMINI_API_KEY: {
    unset: undefined,
    good: [[' AIza-12_x ', 'AIza-12_x']],
    bad: ['a\nb', 'ключ', 'x'.repeat(257)],
  },
  GEMINI_MODEL: {
    unset: 'gemini-flash-latest',
    good: [['gemini-2.5-pro', 'gemini-2.5-pro']],
    bad: ['models/gemini', 'gemini flash', '../x', 'x'.repeat(101)],
  },
  GEMINI_BASE_URL: {
    unset: 'https://generativelanguage.googleapis.com',
    good: [['http://127.0.0.1:8901/', 'http://127.0.0.1:8901']],
    bad: ['generativelanguage.googleapis.com', 'https://user:secret@example.org', 'https://example.org/?key=1'],
  },
  LLM_WAIT_MS: { unset: 25_000, good: [['0', 0]], bad: ['60001', '-1', 'long'] },
  LLM_TIMEOUT_MS: { unset: 60_000, good: [['100', 100]], bad: ['99', '600001', '1m'] },
  LLM_CALLS_PER_MINUTE: { unset: 1000, good: [['0', 0]], bad: ['-1', '100001', '0.5'] },
  LLM_DAILY_CALL_LIMIT: { unset: 2000, good: [['0', 0]], bad: ['-1', '1000001', 'all'] },
  ONET_DATA_DIR: {
    unset: undefined,
    good: [
      ['/srv/db_30_1_text.zip', '/srv/db_30_1_text.zip'],
      [' /srv/db_30_1_text ', '/srv/db_30_1_text'],
    ],
    bad: [],
  },
  ONET_RELEASE: {
    unset: undefined,
    good: [[' 30.1 ', '30.1']],
    bad: ['newest', '30', '30.1.2', '../30.1'],
  },
  ONET_DOWNLOAD_BASE_URL: {
    unset: 'https://www.onetcenter.org/dl_files/database',
    good: [
      ['http://127.0.0.1:8080/files', 'http://127.0.0.1:8080/files'],
      ['https://mirror.example.org/onet//', 'https://mirror.example.org/onet'],
      ['https://mirror.example.org', 'https://mirror.example.org'],
    ],
    bad: [
      'mirror.example.org/onet',
      'ftp://mirror.example.org/onet',
      'file:///srv/onet',
      'https://',
      'https://user@mirror.example.org/onet',
      'https://mirror.example.org/onet?folder=1',
      'https://mirror.example.org/onet#30.1',
    ],
  },
  CORS_ORIGINS: {
    unset: ['*'],
    good: [
      ['*', ['*']],
      ['none', []],
      ['https://app.example.org', ['https://app.example.org']],
      ['https://app.example.org, http://localhost:3000', ['https://app.example.org', 'http://localhost:3000']],
    ],
    bad: [
      'app.example.org',
      'https://app.example.org/',
      'https://app.example.org/path',
      'https://*.example.org',
      'https://app.example.org,',
      'https://app.example.org;https://other.example.org',
    ],
  },
  LOG_LEVEL: {
    unset: 'info',
    good: ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'].map((level) => [level, level]),
    bad: ['verbose', 'INFO', '3'],
  },
  LOG_FORMAT: {
    unset: 'pretty',
    good: [
      ['pretty', 'pretty'],
      ['json', 'json'],
    ],
    bad: ['JSON', 'text'],
  },
};

const variables = Object.keys(CASES) as Variable[];

const read = (name: Variable, value: string): unknown => parseEnvironment({ [name]: value })[name];

function messageFor(environment: Record<string, string>): string {
  const error = thrownBy(() => parseEnvironment(environment));
  if (!(error instanceof OperatorError)) throw error;
  return error.message;
}

describe('the environment', () => {
  it.each(variables)('has a value for %s where nobody sets it', (name) => {
    expect(parseEnvironment({})[name]).toEqual(CASES[name].unset);
  });

  it.each(variables)('takes %s for not set where it is empty or blank', (name) => {
    expect(['', '  '].map((empty) => read(name, empty))).toEqual([CASES[name].unset, CASES[name].unset]);
  });

  it.each(variables.flatMap((name) => CASES[name].good.map(([value, expected]) => ({ name, value, expected }))))(
    'takes $name=$value',
    ({ name, value, expected }) => {
      expect(read(name, value)).toEqual(expected);
    },
  );

  it.each(variables.flatMap((name) => CASES[name].bad.map((value) => ({ name, value }))))(
    'refuses $name=$value in one line that begins with the name',
    ({ name, value }) => {
      const [, ...lines] = messageFor({ [name]: value }).split('\n');
      expect(lines).toEqual([expect.stringMatching(new RegExp(`^ {2}${name} \\S`))]);
    },
  );

  it('has a line for each faulty variable, and none for the others', () => {
    const message = messageFor({ PORT: 'x', LOG_LEVEL: 'loud', LOG_FORMAT: 'json', DATABASE_URL: 'x' });
    const names = message.split('\n').map((line) => line.trim().split(' ')[0]);
    expect(names.slice(1).sort()).toEqual(['DATABASE_URL', 'LOG_LEVEL', 'PORT']);
  });

  it('says what would have been right, and what was given instead', () => {
    expect(messageFor({ PORT: '99999' })).toBe(
      'The configuration is not usable:\n  PORT must be a whole number from 0 to 65535, not "99999"',
    );
  });

  it('lists the choices there are', () => {
    expect(messageFor({ LOG_FORMAT: 'xml' })).toContain('LOG_FORMAT must be one of pretty, json, not "xml"');
  });

  it('names the one origin of several that is none', () => {
    expect(messageFor({ CORS_ORIGINS: 'https://app.example.org, app.example.com' })).toContain(
      '"app.example.com" is none',
    );
  });

  it('passes over variables that are not its own', () => {
    expect(thrownBy(() => parseEnvironment({ SOMETHING_ELSE: 'x', PORT: 'x' }))).toMatchObject({
      message: expect.not.stringContaining('SOMETHING_ELSE') as string,
    });
  });

  it.each([
    ['of an unknown kind', 'postgres://onet:hunter2@db.example.org/onet'],
    ['that is no URL', 'mysql://onet:hunter2@db.example.org:port/onet'],
    ['without a host', 'mysql:hunter2'],
    ['without a database', 'mysql://onet:hunter2@db.example.org'],
    ['with a database that cannot be one', 'mysql://onet:hunter2@db.example.org/hunter2!'],
    ['with parameters', 'mysql://onet:hunter2@db.example.org/onet?ssl=true'],
    ['with a stray % in the password', 'mysql://onet:hunter2%@db.example.org/onet'],
    ['with a password that breaks the URL', 'mysql://onet:/hunter2@db.example.org/onet'],
    ['that is mistyped', 'mysl://onet:hunter2@db.example.org/onet'],
  ])('never repeats the password of a DATABASE_URL %s', (_what, value) => {
    expect(messageFor({ DATABASE_URL: value })).not.toContain('hunter2');
  });

  it.each([
    ['with a password', 'https://me:hunter2@mirror.example.org/onet'],
    ['of another protocol', 'ftp://me:hunter2@mirror.example.org/onet'],
    ['that is no URL', 'https://me:hunter2@mirror.example.org:port/onet'],
  ])('never repeats the password in an ONET_DOWNLOAD_BASE_URL %s', (_what, value) => {
    expect(messageFor({ ONET_DOWNLOAD_BASE_URL: value })).not.toContain('hunter2');
  });
});
