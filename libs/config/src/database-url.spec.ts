import fc from 'fast-check';
import { parseDatabaseUrl } from './database-url';

describe('parseDatabaseUrl', () => {
  it.each([
    ['sqlite:./.data/onet.sqlite', './.data/onet.sqlite'],
    ['sqlite:onet.sqlite', 'onet.sqlite'],
    ['sqlite:../onet.sqlite', '../onet.sqlite'],
    ['sqlite:/srv/onet.sqlite', '/srv/onet.sqlite'],
    ['sqlite:///srv/onet.sqlite', '/srv/onet.sqlite'],
    ['sqlite:/srv/my data/onet 30%.sqlite', '/srv/my data/onet 30%.sqlite'],
  ])('reads %s as a file', (input, path) => {
    expect(parseDatabaseUrl(input)).toEqual({ kind: 'sqlite', path });
  });

  it.each([
    ['no file', 'sqlite:'],
    ['a database in memory, which is lost with the process', 'sqlite::memory:'],
    ['a host', 'sqlite://server/onet.sqlite'],
    ['only slashes', 'sqlite://'],
  ])('refuses sqlite with %s', (_what, input) => {
    expect(() => parseDatabaseUrl(input)).toThrow('must name a file after "sqlite:"');
  });

  it('reads host, port, user, password and database of a server', () => {
    expect(parseDatabaseUrl('mysql://onet:secret@db.example.org:3307/onet_gap')).toEqual({
      kind: 'mysql',
      host: 'db.example.org',
      port: 3307,
      user: 'onet',
      password: 'secret',
      database: 'onet_gap',
    });
  });

  it('takes 3306 where no port is given', () => {
    expect(parseDatabaseUrl('mysql://onet:secret@db/onet')).toMatchObject({ port: 3306 });
  });

  it('takes root without a password where neither is given', () => {
    expect(parseDatabaseUrl('mysql://db/onet')).toMatchObject({ user: 'root', password: '' });
  });

  it('takes mariadb: for mysql:, since the server says itself which it is', () => {
    expect(parseDatabaseUrl('mariadb://onet:secret@db/onet')).toMatchObject({ kind: 'mysql', host: 'db' });
  });

  it('reads an IPv6 address without its brackets', () => {
    expect(parseDatabaseUrl('mysql://onet:secret@[::1]:3306/onet')).toMatchObject({ host: '::1', port: 3306 });
  });

  it('decodes whatever characters user and password have', () => {
    const text = fc.string({ minLength: 1, unit: 'grapheme' });
    fc.assert(
      fc.property(text, text, (user, password) => {
        const url = `mysql://${encodeURIComponent(user)}:${encodeURIComponent(password)}@db/onet`;
        expect(parseDatabaseUrl(url)).toMatchObject({ user, password });
      }),
    );
  });

  it.each([
    ['of another kind', 'postgres://onet@db/onet', 'must be sqlite:<path> or mysql://user:password@host:port/database'],
    ['without a scheme', './onet.sqlite', 'must be sqlite:<path> or mysql://user:password@host:port/database'],
    ['with a port that is no number', 'mysql://db:port/onet', 'is no URL'],
    ['without a host', 'mysql:///onet', 'names no host'],
    ['without a database', 'mysql://db:3306/', 'names no database after the host'],
    ['with a path for a database', 'mysql://db/onet/gap', 'names no database after the host'],
    ['with parameters', 'mysql://db/onet?ssl=true', 'must not carry parameters after "?"'],
    ['with a % that encodes nothing', 'mysql://onet:100%@db/onet', 'holds a % that is not part of'],
  ])('refuses a URL %s and says why', (_what, input, message) => {
    expect(() => parseDatabaseUrl(input)).toThrow(message);
  });
});
