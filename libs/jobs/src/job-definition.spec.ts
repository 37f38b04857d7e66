import { JobDefinition } from './job-definition';

describe('JobDefinition', () => {
  it('pauses twice as long after each further failure', () => {
    const definition = new JobDefinition({ name: 'a', queue: 'a', attempts: 5, backoffMs: 2000 });

    expect([1, 2, 3, 4].map((failures) => definition.pauseAfter(failures))).toEqual([2000, 4000, 8000, 16_000]);
  });
});
