import { protocolOf } from './protocol-of';

const NEXT = 'https://example.org/database/rows/skills?start=21&end=40';

describe('The protocol of version 2', () => {
  const protocol = protocolOf({ version: 'v2', apiKey: 'some-key' });

  it('sends the key in a header of its own', () => {
    expect(protocol.headers).toEqual({ 'X-API-Key': 'some-key' });
  });

  it('finds the next page under next', () => {
    expect(protocol.nextPage({ next: NEXT, link: [] })).toBe(NEXT);
  });

  it('knows the last page by its naming none', () => {
    expect(protocol.nextPage({ prev: NEXT })).toBeUndefined();
  });
});

describe('The protocol of version 1.9', () => {
  const protocol = protocolOf({ version: 'v1.9', username: 'me', password: 'päss:word' });

  it('sends user name and password by HTTP Basic', () => {
    const [scheme, pair = ''] = protocol.headers['Authorization']?.split(' ') ?? [];
    expect([scheme, Buffer.from(pair, 'base64').toString()]).toEqual(['Basic', 'me:päss:word']);
  });

  it('finds the next page among the links', () => {
    const prev = { href: 'https://example.org/?start=1&end=20', rel: 'prev' };
    expect(protocol.nextPage({ link: [prev, { href: NEXT, rel: 'next' }] })).toBe(NEXT);
  });

  it.each([
    ['there are no links', {}],
    ['there are links to other pages only', { link: [{ href: NEXT, rel: 'prev' }] }],
    ['the list is empty', { link: [] }],
  ])('knows the last page where %s', (_what, page) => {
    expect(protocol.nextPage(page)).toBeUndefined();
  });

  it('does not take a link without an address for the last page', () => {
    expect(protocol.nextPage({ link: [{ rel: 'next' }] })).toBe('');
  });
});
