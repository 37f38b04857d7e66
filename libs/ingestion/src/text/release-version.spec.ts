import { ReleaseUnusableError } from '@app/normalization';
import { checkVersion, versionFromChecksum, versionFromName } from './release-version';

describe('versionFromName', () => {
  it.each([
    ['db_30_1_text', '30.1'],
    ['db_30_1_text.zip', '30.1'],
    ['DB_30_1_TEXT.ZIP', '30.1'],
    ['db_30_1', '30.1'],
    ['db_9_0_text', '9.0'],
    ['db_30_10_text', '30.10'],
    ['30.1', '30.1'],
    ['30.1.zip', '30.1'],
  ])('reads %s as release %s', (name, version) => {
    expect(versionFromName(name)).toBe(version);
  });

  it.each(['onet', 'sample', 'db_30_1_mysql.zip', 'db_30_text', '30', '30.1.2', 'v30.1', 'db_30_1_text (1).zip', ''])(
    'does not guess a version from %p',
    (name) => {
      expect(versionFromName(name)).toBeNull();
    },
  );
});

describe('versionFromChecksum', () => {
  it('stands in with the beginning of the checksum', () => {
    expect(versionFromChecksum('0123456789abcdef0123456789abcdef')).toBe('sha256-0123456789ab');
  });

  it('is a version that somebody could have given', () => {
    const version = versionFromChecksum('f'.repeat(64));
    expect(checkVersion(version)).toBe(version);
  });
});

describe('checkVersion', () => {
  it.each(['30.1', '30.1-beta_2', 'x'.repeat(32)])('accepts %s', (version) => {
    expect(checkVersion(version)).toBe(version);
  });

  it.each(['', ' ', '30 1', '30/1', '30.1\n', 'x'.repeat(33), '３０.１'])('refuses %p', (version) => {
    expect(() => checkVersion(version)).toThrow(ReleaseUnusableError);
  });

  it('says what a version may be', () => {
    expect(() => checkVersion('30/1')).toThrow(
      '"30/1" cannot name a release: use up to 32 letters, digits, ".", "_" and "-", such as 30.1.',
    );
  });
});
