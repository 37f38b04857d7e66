import type { Answer } from '../support/e2e/http';
import { problemOf } from '../support/e2e/problems';
import type { Fault } from '../support/onet-web-services/faults';
import { OnetStub } from '../support/onet-web-services/onet-stub';
import { levelGapPath, occupationPath, skillsPath } from '../support/pulls/paths';
import { describeInEveryMode } from '../support/pulls/pulling';
import { codeOf, SmallRelease } from '../support/release-folder';

/** Lets time pass for what is remembered of the Web Services. */
const FORGET = 'UPDATE upstream_misses SET valid_until = 0';

/** What may be wrong with the answers about one occupation, and how long it is not asked for again then, in seconds. */
const FAULTS: readonly (readonly [string, Fault, number])[] = [
  ['a 500', { kind: 'status', status: 500 }, 10],
  ['no answer', { kind: 'hang' }, 10],
  ['half an answer', { kind: 'cut' }, 10],
  ['a connection that is reset', { kind: 'reset' }, 10],
  ['half a document', { kind: 'malformed' }, 60],
  ['a page for people', { kind: 'html' }, 60],
  ['a document of another form', { kind: 'wrong-shape' }, 60],
  ['a 404', { kind: 'status', status: 404 }, 60],
];
const FIRST = 20;
const ANOTHER = 35;

/** Seconds after which to ask again, where O*NET could not be asked. */
function pauseOf(answer: Answer): number {
  expect(problemOf(answer)).toMatchObject({ status: 503, code: 'ONET_UNAVAILABLE' });
  return Number(answer.header('retry-after'));
}

describeInEveryMode('While the Web Services fail', (mode) => {
  const stub = OnetStub.fromRelease(new SmallRelease({ rated: 40 }));
  beforeEach(async () => {
    stub.reset();
    await stub.start();
  });
  afterEach(() => stub.stop());

  test('requests for what is not there are told when to ask again, and O*NET is left alone until then', async () => {
    const pulling = await mode.start(stub, { environment: { ONET_TIMEOUT_MS: '400' } });
    const { api, query } = pulling;
    await pulling.runner.shows(/accept our credentials/);
    FAULTS.forEach(([, fault], index) => {
      const concerned = codeOf(FIRST + index);
      stub.failOn(({ query: asked }) => asked.getAll('filter').join().includes(concerned), fault);
    });
    const ask = (): Promise<Answer[]> =>
      Promise.all(FAULTS.map((_, index) => api.client.get(levelGapPath(FIRST + index, 0))));

    const first = await ask();
    const asked = stub.requests.length;
    const second = await ask();
    const local = await api.client.get(levelGapPath(0, 1));
    const healthy = await api.client.get(skillsPath(ANOTHER));
    // the list of tables may be asked for besides: after a 404, they may be others
    const askedForHealthy = stub.requests.slice(asked).filter(({ tableId }) => tableId !== null).length;
    stub.heal();
    await query(FORGET);
    const healed = await ask();

    for (const [index, [what, , seconds]] of FAULTS.entries()) {
      for (const answer of [first[index], second[index]] as Answer[]) {
        expect([what, pauseOf(answer) > 0 && pauseOf(answer) <= seconds]).toEqual([what, true]);
      }
    }
    expect([local.status, healthy.status, askedForHealthy]).toEqual([200, 200, 2]);
    expect(healed.map(({ status }) => status)).toEqual(healed.map(() => 200));
  });

  test('since they are asked too often, nothing is asked of them', async () => {
    const pulling = await mode.start(stub);
    const { api, query } = pulling;
    await pulling.runner.shows(/accept our credentials/);
    stub.failWhile({ kind: 'status', status: 429, headers: { 'retry-after': '30' } });

    const first = await api.client.get(skillsPath(FIRST));
    const asked = stub.requests.length;
    const others = [await api.client.get(skillsPath(FIRST)), await api.client.get(occupationPath(ANOTHER))];
    stub.heal();
    const stillAsked = stub.requests.length;
    await query(FORGET);

    expect(pauseOf(first)).toBeGreaterThan(20);
    for (const answer of others) expect(pauseOf(answer)).toBeGreaterThan(20);
    expect(problemOf(first).detail).toContain('must not be asked more often');
    expect(stillAsked).toBe(asked);
    expect((await api.client.get(skillsPath(FIRST))).status).toBe(200);
  });
});
