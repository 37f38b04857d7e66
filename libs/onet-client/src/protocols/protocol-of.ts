import type { OnetApiConfig } from '@app/config';
import type { Protocol } from './protocol';
import { protocolV19 } from './v1-9';
import { protocolV2 } from './v2';

/** The protocol that credentials are for. */
export function protocolOf(credentials: OnetApiConfig['credentials']): Protocol {
  switch (credentials.version) {
    case 'v2':
      return protocolV2(credentials);
    case 'v1.9':
      return protocolV19(credentials);
  }
}
