import { HttpModule } from '@nestjs/axios';
import { Module } from '@nestjs/common';
import { RequestBudget } from './budget/request-budget';
import { OnetClient } from './onet-client';
import { OnetRequests } from './requests/onet-requests';

/** Access to the O*NET Web Services; without credentials it is there, and says so when it is used. */
@Module({
  imports: [HttpModule],
  providers: [OnetClient, OnetRequests, RequestBudget],
  exports: [OnetClient],
})
export class OnetClientModule {}
