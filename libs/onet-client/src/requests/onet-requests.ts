import { HttpService } from '@nestjs/axios';
import { Inject, Injectable, Logger } from '@nestjs/common';
import { AppConfig } from '@app/config';
import { pause } from '@app/common';
import { Metrics } from '@app/metrics';
import { parseJson } from '../answers/json';
import { RequestBudget } from '../budget/request-budget';
import { OnetNotConfiguredError } from '../onet-errors';
import { protocolOf } from '../protocols/protocol-of';
import { exchange } from './exchange';
import { failureOf } from './failure';
import type { OnetRequest } from './onet-request';
import { pauseBeforeRetry } from './retry';

/** Makes requests to the Web Services, within what is allowed, and again where that may help. */
@Injectable()
export class OnetRequests {
  private readonly logger = new Logger(OnetRequests.name);

  constructor(
    @Inject(AppConfig) private readonly config: AppConfig,
    private readonly http: HttpService,
    private readonly budget: RequestBudget,
    private readonly metrics: Metrics,
  ) {}

  /**
   * The JSON that answers a request.
   *
   * @throws OnetError, the signal's reason, and the error of the database where it is away
   */
  async get(request: OnetRequest, signal: AbortSignal): Promise<unknown> {
    const api = this.config.onetApi;
    if (api === null) throw new OnetNotConfiguredError();
    const protocol = protocolOf(api.credentials);
    let timedOut = 0;
    for (let made = 1; ; made++) {
      await this.budget.take(signal);
      const begunAt = performance.now();
      const outcome = await exchange(this.http, `${api.baseUrl}${request.path}`, {
        headers: protocol.headers,
        timeoutMs: api.timeoutMs,
        signal,
      });
      const seconds = (performance.now() - begunAt) / 1000;
      if (outcome.kind === 'answer' && outcome.status === 200) {
        this.metrics.upstreamAnswered('ok', seconds);
        return parseJson(outcome.body, request.about);
      }
      if (outcome.kind === 'timeout') timedOut++;
      const failure = failureOf(outcome, request, api, protocol);
      this.metrics.upstreamAnswered(outcome.kind === 'timeout' ? outcome.kind : failure.kind, seconds);
      const pauseMs = pauseBeforeRetry(outcome, { made, timedOut }, Math.random());
      if (pauseMs === null) throw failure;
      this.logger.warn(`${failure.message} Attempt ${made + 1} follows.`);
      await pause(pauseMs, signal);
    }
  }
}
