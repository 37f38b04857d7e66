import { eventually } from '../support/e2e/eventually';
import type { JobView } from '../support/e2e/admin-client';
import { OnetStub } from '../support/onet-web-services/onet-stub';
import { levelGapPath, skillsPath } from '../support/pulls/paths';
import { describeDistributed, describeEmbedded, type Pulling } from '../support/pulls/pulling';
import { json, storedAll } from '../support/pulls/requests';
import { codeOf, SmallRelease } from '../support/release-folder';

const PULLED = 20;
const WITHIN_MS = 60_000;
const LONG_MS = 150_000;
/** An answer takes that long, so that there is a middle to hit. */
const LATENCY_MS = 1500;

/** Sooner than those who ask give up. */
const ANSWERS_SOON = { ONET_PULL_WAIT_MS: '3000' };

const UPSTREAM = new SmallRelease({ rated: 40 });

/** Waits until the Web Services were asked for the occupation. */
function isBeingPulled(stub: OnetStub): Promise<void> {
  return eventually(
    'it is being pulled',
    () => Promise.resolve(stub.requestsFor(codeOf(PULLED)).length > 0),
    WITHIN_MS,
  );
}

/** Asks until the answer is there. */
async function untilAnswered({ api }: Pulling, path: string): Promise<object> {
  await eventually('it is answered', async () => (await api.client.get(path)).status === 200, WITHIN_MS);
  return json(api, path);
}

/** The jobs of pulls, and how often the occupation is in the overlay. */
async function storedOnce({ admin, query }: Pulling): Promise<void> {
  await storedAll(query);
  const { items } = (await admin.get('/jobs?type=pull-occupation')).json() as { items: JobView[] };
  expect(items).toMatchObject([{ state: 'completed', error: null }]);
  const overlay = "release_id = (SELECT id FROM releases WHERE source = 'overlay')";
  expect(await query(`SELECT onetsoc_code AS code FROM occupations WHERE ${overlay}`)).toEqual([
    { code: codeOf(PULLED) },
  ]);
  expect(await query(`SELECT 1 FROM occupation_skills WHERE ${overlay}`)).toHaveLength(8);
  expect(await query('SELECT 1 FROM releases')).toHaveLength(2);
}

describeDistributed('A pull whose worker is killed', (mode) => {
  const stub = OnetStub.fromRelease(UPSTREAM);
  beforeEach(async () => {
    stub.reset();
    await stub.start();
  });
  afterEach(() => stub.stop());

  test(
    'while O*NET is asked is finished by another worker, and answered',
    async () => {
      stub.latencyMs = LATENCY_MS;
      const pulling = await mode.start(stub, { environment: ANSWERS_SOON });
      const path = levelGapPath(0, PULLED);

      const waiting = pulling.api.client.get(path);
      await isBeingPulled(stub);
      pulling.runner.send('SIGKILL');
      await mode.processes.startWorker(pulling.options);
      const first = await waiting;

      expect([200, 202]).toContain(first.status);
      expect(await untilAnswered(pulling, path)).toMatchObject({ to_occupation: { source: 'web_services' } });
      await storedOnce(pulling);
    },
    LONG_MS,
  );

  test(
    'is finished by the worker that is there already',
    async () => {
      stub.latencyMs = LATENCY_MS;
      const pulling = await mode.start(stub, { environment: ANSWERS_SOON });
      const waiting = pulling.api.client.get(skillsPath(PULLED));
      await isBeingPulled(stub);
      await mode.processes.startWorker(pulling.options);

      pulling.runner.send('SIGKILL');

      expect([200, 202]).toContain((await waiting).status);
      await untilAnswered(pulling, skillsPath(PULLED));
      await storedOnce(pulling);
    },
    LONG_MS,
  );

  test.each([0, 10, 20, 40, 80])(
    'once O*NET has answered is stored once, and O*NET need not be asked for long (%i ms later)',
    async (laterMs) => {
      const pulling = await mode.start(stub, { environment: ANSWERS_SOON });
      const waiting = pulling.api.client.get(skillsPath(PULLED));
      await isBeingPulled(stub);
      await new Promise((resolve) => setTimeout(resolve, laterMs));

      pulling.runner.send('SIGKILL');
      await mode.processes.startWorker(pulling.options);

      expect([200, 202]).toContain((await waiting).status);
      await untilAnswered(pulling, skillsPath(PULLED));
      await storedOnce(pulling);
      expect(stub.requestsFor(codeOf(PULLED)).length).toBeLessThanOrEqual(4);
    },
    LONG_MS,
  );
});

describeEmbedded('A pull whose api is killed', (mode) => {
  const stub = OnetStub.fromRelease(UPSTREAM);
  beforeEach(() => stub.start());
  afterEach(() => stub.stop());

  test(
    'is finished by the next one, without being asked for again',
    async () => {
      stub.latencyMs = LATENCY_MS;
      const pulling = await mode.start(stub, { environment: ANSWERS_SOON });
      const waiting = pulling.api.client.get(skillsPath(PULLED)).catch(() => 'the process is gone');
      await isBeingPulled(stub);
      await pulling.api.process.kill();
      expect(await waiting).toBe('the process is gone');

      const next = await mode.processes.startApi(pulling.options);
      await storedAll(pulling.query);

      expect(await json(next, skillsPath(PULLED))).toMatchObject({ occupation: { source: 'web_services' } });
    },
    LONG_MS,
  );
});
