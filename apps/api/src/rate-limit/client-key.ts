import { isIP } from 'node:net';
import { normalizeIP } from '@fastify/rate-limit';
import type { FastifyRequest } from 'fastify';
import { LRUCache } from 'lru-cache';

/** To read an IPv6 address takes longer than everything else that is done to count a request. */
const IPV6_NETWORKS = new LRUCache<string, string>({ max: 5000 });

/**
 * Whose requests are counted together: those with the same key of ours, else those from the same address. A key that is
 * none of ours makes no difference, or everybody could have as many counts as there are keys.
 *
 * @param key short id of the key that the request carries; null where it carries none of ours
 */
export function clientOf({ ip, socket }: Pick<FastifyRequest, 'ip' | 'socket'>, key: string | null): string {
  if (key !== null) return `key ${key}`;
  // where every proxy is trusted, a client can have anything stand for its address
  return networkOf(isIP(ip) === 0 ? (socket.remoteAddress ?? '') : ip);
}

/** An IPv4 address, also where it comes as IPv6; of IPv6, a /64: that is the least that one customer is given. */
function networkOf(address: string): string {
  if (!address.includes(':')) return address;
  let network = IPV6_NETWORKS.get(address);
  if (network === undefined) {
    network = normalizeIP(address);
    IPV6_NETWORKS.set(address, network);
  }
  return network;
}
