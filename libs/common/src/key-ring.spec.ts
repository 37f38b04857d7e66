import { createHash } from 'node:crypto';
import { inspect } from 'node:util';
import { KeyRing } from './key-ring';

const KEYS = ['first-secret-0123456789', 'second-secret-0123456789'];

describe('KeyRing', () => {
  it.each(KEYS)('knows the key %p by a short id that does not tell it', (key) => {
    const id = new KeyRing(KEYS).identify(key);
    expect(id).toBe(createHash('sha256').update(key).digest('hex').slice(0, 8));
  });

  it('tells its keys apart', () => {
    const ring = new KeyRing(KEYS);
    expect(ring.identify(KEYS[0] ?? '')).not.toBe(ring.identify(KEYS[1] ?? ''));
  });

  it.each([
    ['empty', ''],
    ['another', 'third-secret-0123456789'],
    ['the beginning of a key', 'first-secret'],
    ['a key with more behind it', 'first-secret-0123456789 '],
    ['a key in capitals', 'FIRST-SECRET-0123456789'],
    ['both keys', KEYS.join(', ')],
  ])('does not know one that is %s', (_, given) => {
    expect(new KeyRing(KEYS).identify(given)).toBeNull();
  });

  it('knows none where there are none', () => {
    const ring = new KeyRing([]);
    expect([ring.isEmpty, ring.identify('')]).toEqual([true, null]);
  });

  it('is not empty with one', () => {
    expect(new KeyRing(KEYS.slice(1)).isEmpty).toBe(false);
  });

  it('does not hold the keys themselves', () => {
    expect(inspect(new KeyRing(KEYS), { depth: null, showHidden: true })).not.toContain('secret');
  });
});
