// Requests at a fixed rate, whatever becomes of the earlier ones. Each is timed from when it should have been sent: one
// that waits behind a slow one counts as slow, too.
import http from 'node:http';

/** More than that unanswered, and the server is not slow but stuck. */
const MAX_WAITING = 2000;

/**
 * Asks for `url` at `perSecond` until `until` is settled.
 *
 * @param {{ url: string, perSecond: number, until: Promise<unknown>, onAnswer?: (headers: object) => void }} options
 * @returns {Promise<number[]>} milliseconds of each request, in the order of the answers
 * @throws where an answer is not 200
 */
export async function openLoop({ url, perSecond, until, onAnswer = () => undefined }) {
  const agent = new http.Agent({ keepAlive: true });
  const latencies = [];
  let waiting = 0;
  let over = false;
  const stop = () => (over = true);
  until.then(stop, stop);
  try {
    await new Promise((resolve, reject) => {
      const begin = performance.now();
      let sent = 0;
      const due = () => begin + (sent * 1000) / perSecond;
      const send = (scheduled) => {
        waiting++;
        const request = http.get(url, { agent }, (response) => {
          response.resume();
          response.once('end', () => {
            latencies.push(performance.now() - scheduled);
            waiting--;
            if (response.statusCode !== 200) reject(new Error(`${url}: ${response.statusCode}`));
            onAnswer(response.headers);
            if (over && waiting === 0) resolve();
          });
        });
        request.once('error', reject);
      };
      const turn = () => {
        if (over) {
          if (waiting === 0) resolve();
          return;
        }
        for (; due() <= performance.now(); sent++) send(due());
        if (waiting > MAX_WAITING) reject(new Error(`${url}: ${waiting} requests wait for their answer`));
        else setTimeout(turn, due() - performance.now());
      };
      turn();
    });
    await until;
    return latencies;
  } finally {
    over = true;
    agent.destroy();
  }
}
