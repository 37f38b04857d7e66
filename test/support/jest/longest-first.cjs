const Sequencer = require('@jest/test-sequencer').default;

/** Files that take much longer than others: begun last, they would be waited for alone. */
const LONG = [
  'faults/worker-kills-',
  'faults/frozen-worker.spec',
  'faults/redis.spec',
  'e2e/worker.spec',
  'e2e/ingestion.spec',
  'e2e/distributed.spec',
  'e2e/faults.spec',
  'integration/interruptions.spec',
  'integration/jobs/embedded.spec',
  'integration/jobs/bullmq.spec',
  'integration/web-services-unavailable.spec',
  'integration/web-services-resumed.spec',
];

const rank = ({ path }) => {
  const place = LONG.findIndex((name) => path.includes(name));
  return place === -1 ? LONG.length : place;
};

/** The usual order, behind those that are known to take long: on a fresh checkout Jest knows no durations. */
module.exports = class LongestFirst extends Sequencer {
  sort(tests) {
    return [...super.sort(tests)].sort((a, b) => rank(a) - rank(b));
  }
};
