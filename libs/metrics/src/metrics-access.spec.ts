import { KeyRing } from '@app/common';
import { MetricsAccess } from './metrics-access';

const ADMIN = 'the-key-of-an-admin';
const KEY = 'the-key-of-prometheus';
const LOCAL = { metricsKeys: [] as string[], host: '127.0.0.1', trustProxy: false };

function access(config: Partial<typeof LOCAL> = {}): MetricsAccess {
  return new MetricsAccess({ ...LOCAL, ...config }, new KeyRing([ADMIN]));
}

describe('MetricsAccess', () => {
  it.each(['127.0.0.1', '127.3.2.1', '::1', 'localhost'])('needs no key on %s', (host) => {
    expect(access({ host }).check(undefined)).toBe('granted');
    expect(access({ host }).check('Bearer anything')).toBe('granted');
  });

  it.each<[string, Partial<typeof LOCAL>]>([
    ['others than this machine can ask', { host: '0.0.0.0' }],
    ['a proxy may stand before it', { trustProxy: true }],
    ['there are keys for it', { metricsKeys: [KEY] }],
  ])('needs a key where %s', (_, config) => {
    expect(access(config).check(undefined)).toBe('key-needed');
    expect(access(config).check('')).toBe('key-needed');
    expect(access(config).check(`Basic ${Buffer.from(`a:${ADMIN}`).toString('base64')}`)).toBe('key-needed');
    expect(access(config).check('Bearer another-key-than-those')).toBe('wrong-key');
    expect(access(config).check(`Bearer ${ADMIN}`)).toBe('granted');
    expect(access(config).check(`bearer ${ADMIN}`)).toBe('granted');
  });

  it('is opened by each of its own keys', () => {
    const open = access({ host: '0.0.0.0', metricsKeys: ['one-of-several-keys', KEY] });

    expect(open.check(`Bearer ${KEY}`)).toBe('granted');
    expect(open.check('Bearer one-of-several-keys')).toBe('granted');
  });
});
