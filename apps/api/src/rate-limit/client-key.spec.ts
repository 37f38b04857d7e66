import type { FastifyRequest } from 'fastify';
import { clientOf } from './client-key';

function from(ip: string, remoteAddress = '10.0.0.1'): Pick<FastifyRequest, 'ip' | 'socket'> {
  return { ip, socket: { remoteAddress } as FastifyRequest['socket'] };
}

describe('A client is told apart', () => {
  it('by its key, wherever it comes from', () => {
    expect(clientOf(from('192.0.2.1'), '01234567')).toBe(clientOf(from('2001:db8::1'), '01234567'));
    expect(clientOf(from('192.0.2.1'), '01234567')).not.toBe(clientOf(from('192.0.2.1'), '89abcdef'));
  });

  it('by its IPv4 address where it has no key', () => {
    expect(clientOf(from('192.0.2.1'), null)).not.toBe(clientOf(from('192.0.2.2'), null));
  });

  it('by the same address where that comes as IPv6', () => {
    expect(clientOf(from('::ffff:192.0.2.1'), null)).toBe(clientOf(from('192.0.2.1'), null));
    expect(clientOf(from('::ffff:192.0.2.1'), null)).not.toBe(clientOf(from('::ffff:192.0.2.2'), null));
  });

  it('by its network where it has as many IPv6 addresses as it likes', () => {
    const client = clientOf(from('2001:db8:1:2:3:4:5:6'), null);

    expect(clientOf(from('2001:db8:1:2:ffff::1'), null)).toBe(client);
    expect(clientOf(from('2001:DB8:1:2::'), null)).toBe(client);
    expect(clientOf(from('2001:db8:1:3:3:4:5:6'), null)).not.toBe(client);
  });

  it('by the address that connects where what stands for its own is none', () => {
    expect(clientOf(from('unknown', '10.0.0.1'), null)).toBe('10.0.0.1');
    expect(clientOf(from('a'.repeat(10_000), '10.0.0.1'), null)).toBe('10.0.0.1');
  });

  it('not by a key that has the text of an address', () => {
    expect(clientOf(from('192.0.2.1'), null)).not.toBe(clientOf(from('192.0.2.9'), '192.0.2.1'));
  });
});
