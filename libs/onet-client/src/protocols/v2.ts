import type { Protocol } from './protocol';

/** Version 2: a key in a header of its own. */
export function protocolV2({ apiKey }: { readonly apiKey: string }): Protocol {
  return {
    headers: { 'X-API-Key': apiKey },
    secrets: [apiKey],
    settings: 'ONET_API_KEY',
    nextPage: (page) => page['next'],
  };
}
