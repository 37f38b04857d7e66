import { isJsonObject } from '../answers/json';
import type { Protocol } from './protocol';

export interface V19Credentials {
  readonly username: string;
  readonly password: string;
}

/** Version 1.9, for older accounts: HTTP Basic, and links to other pages in a list. */
export function protocolV19({ username, password }: V19Credentials): Protocol {
  const pair = `${username}:${password}`;
  return {
    headers: { Authorization: `Basic ${Buffer.from(pair).toString('base64')}` },
    secrets: [password, pair],
    settings: 'ONET_USERNAME and ONET_PASSWORD',
    nextPage: ({ link }) => {
      const links: readonly unknown[] = Array.isArray(link) ? link : [];
      // a link to the next page without an address is no next page that could be followed, but no last page either
      const next = links.filter(isJsonObject).find(({ rel }) => rel === 'next');
      return next === undefined ? undefined : (next['href'] ?? '');
    },
  };
}
