import { HttpModule } from '@nestjs/axios';
import { Module } from '@nestjs/common';
import { MetricsModule } from '@app/metrics';
import { RequestBudget } from './budget/request-budget';
import { UpstreamMetrics } from './budget/upstream-metrics';
import { OnetClient } from './onet-client';
import { OnetRequests } from './requests/onet-requests';

/** Access to the O*NET Web Services; without credentials it is there, and says so when it is used. */
@Module({
  imports: [HttpModule, MetricsModule],
  providers: [OnetClient, OnetRequests, RequestBudget, UpstreamMetrics],
  exports: [OnetClient],
})
export class OnetClientModule {}
