import { Inject, Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { AppError } from '@app/common';
import { AppConfig } from '@app/config';
import { Metrics, MetricsAccess } from '@app/metrics';
import { AdminKeys } from '../admin/admin-keys';

/** Shows the metrics to those who may see them. */
@Injectable()
export class MetricsPage {
  private readonly access: MetricsAccess;

  constructor(
    @Inject(AppConfig) config: AppConfig,
    adminKeys: AdminKeys,
    private readonly metrics: Metrics,
  ) {
    this.access = new MetricsAccess(config, adminKeys);
  }

  /** Whether {@link show} would show them. */
  isShownTo({ headers }: FastifyRequest): boolean {
    return this.access.check(headers.authorization) === 'granted';
  }

  /** @throws AppError `UNAUTHENTICATED`, `FORBIDDEN` */
  async show({ headers }: FastifyRequest, reply: FastifyReply): Promise<string> {
    switch (this.access.check(headers.authorization)) {
      case 'granted':
        return this.metrics.page();
      case 'key-needed':
        void reply.header('www-authenticate', 'Bearer');
        throw new AppError(
          'UNAUTHENTICATED',
          'Metrics need a key: send the header "Authorization: Bearer <key>", with one of METRICS_KEYS or an admin key.',
        );
      case 'wrong-key':
        throw new AppError('FORBIDDEN', 'The key is none of those that open the metrics.');
    }
  }
}
