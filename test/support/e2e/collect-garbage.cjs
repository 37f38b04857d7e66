/**
 * Preloaded into a process (node --require): at a SIGUSR2 it collects its garbage, and appends to the file ONET_TEST_HEAP how
 * many bytes of the heap are in use then.
 */
const { appendFileSync } = require('node:fs');
const { setFlagsFromString } = require('node:v8');
const { runInNewContext } = require('node:vm');

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc');
process.on('SIGUSR2', () => {
  // the second finds what the finalizers of the first let go
  collect();
  setTimeout(() => {
    collect();
    appendFileSync(process.env.ONET_TEST_HEAP, `${process.memoryUsage().heapUsed}\n`);
  }, 200);
});
