import { cancellingContract } from './contract/cancelling';
import { concurrencyContract } from './contract/concurrency';
import { followingContract } from './contract/following';
import { inlineContract } from './contract/inline';
import { recoveryContract } from './contract/recovery';
import { requestsContract } from './contract/requests';
import { runningContract } from './contract/running';
import { waitingContract } from './contract/waiting';
import type { JobsTestBed } from './jobs-test-bed';

/** What jobs are like, whatever engine brings them to those that run them. */
export function jobsContract(jobs: JobsTestBed): void {
  describe('A job', () => {
    runningContract(jobs);
    recoveryContract(jobs);
  });
  describe('A job that is asked for', () => {
    requestsContract(jobs);
  });
  describe('A job that is cancelled', () => {
    cancellingContract(jobs);
  });
  describe('Who follows a job', () => {
    followingContract(jobs);
  });
  describe('Who waits for something to hold for a job', () => {
    waitingContract(jobs);
  });
  describe('Jobs of one queue', () => {
    concurrencyContract(jobs);
  });
  describe('An inline job', () => {
    inlineContract(jobs);
  });
}
