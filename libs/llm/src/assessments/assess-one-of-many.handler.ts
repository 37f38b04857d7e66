import { Injectable } from '@nestjs/common';
import { HandlesJob } from '@app/jobs';
import { AssessOccupationHandler } from './assess-occupation.handler';
import { ASSESS_ONE_OF_MANY } from './assess-occupation.job';

/** As the one that it is made of, for jobs that nobody waits for. */
@Injectable()
@HandlesJob(ASSESS_ONE_OF_MANY)
export class AssessOneOfManyHandler extends AssessOccupationHandler {}
