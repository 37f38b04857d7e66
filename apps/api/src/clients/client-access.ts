import { Inject, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { AppError, KeyRing } from '@app/common';
import { AppConfig, isForThisMachineOnly } from '@app/config';

/** Header in which clients send a key for what costs quota. */
const API_KEY_HEADER = 'x-api-key';

/** Who sends a request, and what it may cause. */
export interface Client {
  /** Tells clients apart: by their key, or by their address. */
  readonly id: string;
  /** For admins to see. */
  readonly requestedBy: string;
  /** Whether it may cause what costs quota or money: it has a key, or can only be on this machine. */
  readonly maySpend: boolean;
}

/** Tells clients that may cause what costs quota from others. */
@Injectable()
export class ClientAccess {
  private readonly keys: KeyRing;
  private readonly keyNeeded: boolean;

  constructor(@Inject(AppConfig) config: AppConfig) {
    this.keys = new KeyRing(config.apiKeys);
    this.keyNeeded = !isForThisMachineOnly(config);
  }

  /** Short id of the key that a request carries, as it may stand in records; null where it carries none of ours. */
  keyOf({ headers }: FastifyRequest): string | null {
    const given = headers[API_KEY_HEADER];
    return typeof given === 'string' ? this.keys.identify(given) : null;
  }

  /** @throws AppError `FORBIDDEN` where there is a key that is none of ours */
  identify(request: FastifyRequest): Client {
    const given = request.headers[API_KEY_HEADER];
    const key = this.keyOf(request);
    // a wrong key is told, where keys are used at all, rather than passed over
    if (given !== undefined && key === null && !this.keys.isEmpty) {
      throw new AppError('FORBIDDEN', 'The X-API-Key is none of the API keys.');
    }
    return {
      id: key ?? request.ip,
      requestedBy: key === null ? 'a client' : `client ${key}`,
      maySpend: key !== null || !this.keyNeeded,
    };
  }
}
