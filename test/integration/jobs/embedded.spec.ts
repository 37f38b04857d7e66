import { describeOnEveryDatabase } from '../../support/databases';
import { eventually } from '../../support/e2e/eventually';
import { jobsContract } from '../../support/jobs/jobs-contract';
import { useJobs } from '../../support/jobs/jobs-test-bed';

describeOnEveryDatabase('The embedded engine', (database) => {
  const jobs = useJobs(database, 'embedded');

  jobsContract(jobs);
});

describeOnEveryDatabase('The embedded clock', (database) => {
  const jobs = useJobs(database, 'embedded');

  test('goes on after a tick that failed, and tells each what time it is', async () => {
    const ticks: Date[] = [];
    await jobs.runner({
      cron: '* * * * * *',
      tick: (time) => {
        ticks.push(time);
        return ticks.length === 1 ? Promise.reject(new Error('out of luck')) : Promise.resolve();
      },
    });

    await eventually('two ticks', () => Promise.resolve(ticks.length >= 2), 10_000);

    const [first = new Date(0), second = new Date(0)] = ticks;
    expect(Math.abs(Date.now() - second.getTime())).toBeLessThan(5000);
    expect(second.getTime()).toBeGreaterThan(first.getTime());
  });
});
