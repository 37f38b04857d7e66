import { Inject, Injectable } from '@nestjs/common';
import { AppConfig } from '@app/config';
import { UnitOfWork } from '@app/database';
import { orAborted } from '@app/common';
import { OnetNotConfiguredError } from '../onet-errors';
import { DailyLimit } from './daily-limit';
import { RequestPace } from './request-pace';

/** Name of the Web Services in the tables that count their use. */
export const ONET_WEB_SERVICES = 'onet-web-services';

/**
 * How much the Web Services may be asked: so many requests in any second, and so many a day, over all processes that
 * share the database. Not to be used inside a unit of work.
 */
@Injectable()
export class RequestBudget {
  private readonly day: DailyLimit | null;
  private readonly pace: RequestPace | null;

  constructor(@Inject(AppConfig) { onetApi }: AppConfig, unitOfWork: UnitOfWork) {
    this.day = onetApi === null ? null : new DailyLimit(unitOfWork, ONET_WEB_SERVICES, onetApi.requestsPerDay);
    this.pace =
      onetApi === null || onetApi.requestsPerSecond === 0
        ? null
        : new RequestPace(unitOfWork, ONET_WEB_SERVICES, onetApi.requestsPerSecond);
  }

  /** How many requests there may still be today. @throws OnetNotConfiguredError */
  left(): Promise<number> {
    if (this.day === null) throw new OnetNotConfiguredError();
    return this.day.left();
  }

  /**
   * Counts a request, and waits until it may go. It must go at once then. One that is called off while it waits stays
   * counted.
   *
   * @throws OnetError of kind `limited` where there must be no other today, the signal's reason, and the error of the
   *   database where it is away
   */
  async take(signal: AbortSignal): Promise<void> {
    const { day, pace } = this;
    if (day === null) throw new OnetNotConfiguredError();
    // counted first, so that nothing but the wait lies between a slot and its request
    await orAborted(() => day.count(), signal);
    await pace?.turn(signal);
  }
}
