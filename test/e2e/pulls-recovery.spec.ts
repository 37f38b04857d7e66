import { setTimeout as sleep } from 'node:timers/promises';
import type { Answer } from '../support/e2e/http';
import { problemOf } from '../support/e2e/problems';
import { OnetStub } from '../support/onet-web-services/onet-stub';
import { skillsPath } from '../support/pulls/paths';
import { describeEmbedded } from '../support/pulls/pulling';
import { SmallRelease } from '../support/release-folder';

/** Lets time pass for what is remembered of the Web Services. */
const FORGET = 'UPDATE upstream_misses SET valid_until = 0';

const MISSING = 20;

/** Seconds after which to ask again, where O*NET could not be asked. */
function pauseOf(answer: Answer): number {
  expect(problemOf(answer)).toMatchObject({ status: 503, code: 'ONET_UNAVAILABLE' });
  return Number(answer.header('retry-after'));
}

describeEmbedded('Once the Web Services are back', (mode) => {
  const stub = OnetStub.fromRelease(new SmallRelease({ rated: 40 }));
  beforeEach(() => stub.start());
  afterEach(() => stub.stop());

  test('they are asked again as soon as that was to be', async () => {
    const { api, runner } = await mode.start(stub, { version: 'v1.9' });
    await runner.shows(/accept our credentials/);
    await stub.stop();
    const away = await api.client.get(skillsPath(MISSING));
    await stub.start();

    const tooEarly = await api.client.get(skillsPath(MISSING));
    await sleep(1000 * pauseOf(tooEarly));

    expect(pauseOf(away)).toBe(10);
    expect((await api.client.get(skillsPath(MISSING))).status).toBe(200);
  });

  test('they are asked though they were away when the api started', async () => {
    await stub.stop();
    const { api, runner, query } = await mode.start(stub);
    await runner.shows(/could not be tried/);
    const away = await api.client.get(skillsPath(MISSING));
    await stub.start();

    await query(FORGET);

    expect(pauseOf(away)).toBe(10);
    expect((await api.client.get(skillsPath(MISSING))).status).toBe(200);
  });
});
