import { describeKills } from '../support/faults/worker-kills';

describeKills('even');
