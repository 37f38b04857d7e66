import { AdminClient } from '../support/e2e/admin-client';
import { gistOf, problemOf } from '../support/e2e/problems';
import { ADMIN_KEY, type ServingApi, useApi } from '../support/e2e/processes';
import { readSample } from '../support/e2e/sample';
import { useApiWithLlm } from '../support/llm/use-api-with-llm';

const { rated } = readSample();
const [FIRST = '', SECOND = '', THIRD = ''] = rated;
const UNRATED = '15-2051.00';
const UNKNOWN = '99-9999.99';
const ADMINS = { ADMIN_API_KEYS: ADMIN_KEY };
const PATH = '/api/v1/admin/assessments';
const TOO_MANY = 2001;

interface Plan {
  readonly occupations: number;
  readonly assessed: number;
  readonly calls: number;
  readonly estimated_prompt_tokens: number;
  readonly estimated_reply_tokens: number;
  readonly calls_left_today: number;
}

const adminOf = ({ client }: ServingApi): AdminClient => new AdminClient(client);

describe('A request to have occupations assessed', () => {
  const { api, stub } = useApiWithLlm(ADMINS);

  test.each<[string, Readonly<Record<string, string>>, number]>([
    ['no key', {}, 401],
    ['a wrong key', { authorization: 'Bearer a-key-that-opens-nothing-here' }, 403],
    ['a key for clients', { 'x-api-key': ADMIN_KEY }, 401],
  ])('is refused with %s', async (_, given, status) => {
    const body = JSON.stringify({ all: true });
    const headers = { ...given, 'content-type': 'application/json', 'content-length': String(body.length) };

    const answer = await api.client.send({ method: 'POST', path: PATH, headers, body });

    expect(answer.status).toBe(status);
  });

  test.each<[string, object, string]>([
    ['neither codes nor all', {}, 'body'],
    ['both', { codes: [FIRST], all: true }, 'body'],
    ['all that is false', { all: false }, 'body'],
    ['no code', { codes: [] }, '/codes'],
    ['too many codes', { codes: Array.from({ length: TOO_MANY }, () => FIRST) }, '/codes'],
    ['codes that are text', { codes: FIRST }, '/codes'],
    ['codes that are null', { codes: null }, '/codes'],
    ['codes that are an object', { codes: { 0: FIRST } }, '/codes'],
    ['a code that is none', { codes: [FIRST, '15-1252'] }, '/codes'],
    ['a code that is a number', { codes: [15] }, '/codes'],
    ['codes in a list of their own', { codes: [[FIRST]] }, '/codes'],
    ['all that is text', { all: 'true' }, '/all'],
    ['all that is null', { all: null }, '/all'],
    ['a dry run that is none', { all: true, dry_run: 1 }, '/dry_run'],
    ['a field that is not known', { all: true, force: true }, '/force'],
    ['a list', [FIRST], 'body'],
  ])('is told what is wrong with %s', async (_, body, place) => {
    expect(gistOf(await adminOf(api).post('/assessments', body))).toBe(`400 VALIDATION_FAILED ${place}`);
  });

  test.each([true, false])('is told which codes are not to be had (dry_run: %s)', async (dryRun) => {
    const post = (codes: readonly string[]) => adminOf(api).post('/assessments', { codes, dry_run: dryRun });

    const unknown = await post([FIRST, UNKNOWN]);
    const unrated = await post([UNRATED, FIRST, UNRATED]);
    const both = await post([UNRATED, UNKNOWN]);

    expect(gistOf(unknown)).toBe('404 OCCUPATION_NOT_FOUND /codes/1');
    expect(gistOf(unrated)).toBe('422 OCCUPATION_NOT_RATED /codes/0 /codes/2');
    expect(gistOf(both)).toBe('404 OCCUPATION_NOT_FOUND /codes/1');
    expect(problemOf(unknown).detail).toContain(UNKNOWN);
  });

  test('is refused with a parameter in the address, and without a body', async () => {
    expect(gistOf(await adminOf(api).post('/assessments?dry_run=true', { all: true }))).toBe(
      '400 VALIDATION_FAILED dry_run',
    );
    expect(gistOf(await adminOf(api).post('/assessments'))).toBe('400 VALIDATION_FAILED body');
  });

  test('that was refused has led to no job and to no call', async () => {
    await adminOf(api).post('/assessments', { codes: [UNKNOWN] });

    expect((await adminOf(api).get('/jobs?type=assess-all')).json()).toMatchObject({ total: 0 });
    expect(stub.requests).toEqual([]);
  });

  test('as a dry run tells what it would take, for which nobody is asked', async () => {
    const plan = async (body: object): Promise<Plan> => {
      const answer = await adminOf(api).post('/assessments', { ...body, dry_run: true });
      expect(answer.status).toBe(200);
      return answer.json() as Plan;
    };

    const all = await plan({ all: true });
    const some = await plan({ codes: [FIRST, SECOND, FIRST] });

    expect(all).toMatchObject({ occupations: rated.length, assessed: 0, calls: rated.length, calls_left_today: 2000 });
    expect(some).toMatchObject({ occupations: 2, assessed: 0, calls: 2 });
    expect(all.estimated_reply_tokens).toBe(rated.length * 35 * 75);
    // a prompt names 35 skills at the least; more than a model takes in would be wrong, too
    expect(all.estimated_prompt_tokens / rated.length).toBeGreaterThan(500);
    expect(all.estimated_prompt_tokens / rated.length).toBeLessThan(20_000);
    expect(stub.requests).toEqual([]);
    expect((await adminOf(api).get('/jobs?type=assess-all')).json()).toMatchObject({ total: 0 });
  });

  test('has those assessed that are not, and counts the others', async () => {
    const admin = adminOf(api);
    const assess = async (codes: readonly string[]): Promise<unknown> => {
      const answer = await admin.post('/assessments', { codes });
      const { id } = answer.json() as { id: string };
      expect([answer.status, answer.header('location')]).toEqual([202, `/api/v1/jobs/${id}`]);
      return admin.ended(id);
    };

    const first = await assess([FIRST, SECOND]);
    const second = await assess([SECOND, THIRD, FIRST]);

    const done = { type: 'assess-all', state: 'completed', attempt: 1, error: null };
    expect(first).toMatchObject({ ...done, progress: { stage: 'assessing', done: 2, total: 2 } });
    expect(second).toMatchObject({ ...done, progress: { stage: 'assessing', done: 3, total: 3 } });
    expect(stub.requests.map(({ code }) => code).sort()).toEqual([FIRST, SECOND, THIRD].sort());
    const plan = await admin.post('/assessments', { codes: [FIRST, SECOND, THIRD], dry_run: true });
    expect(plan.json()).toMatchObject({ assessed: 3, calls: 0, estimated_prompt_tokens: 0, estimated_reply_tokens: 0 });
  });
});

describe('Without an LLM, a request to have occupations assessed', () => {
  const api = useApi(() => Promise.resolve({ environment: ADMINS }));

  test('is refused, since there is nobody to ask; what it would take can be told all the same', async () => {
    const refused = await adminOf(api).post('/assessments', { all: true });
    const plan = await adminOf(api).post('/assessments', { all: true, dry_run: true });

    expect(gistOf(refused)).toBe('503 LLM_UNAVAILABLE');
    expect(problemOf(refused).detail).toBe('The LLM is not configured: set GEMINI_API_KEY, and start again.');
    expect([plan.status, (plan.json() as Plan).calls]).toEqual([200, rated.length]);
    expect((await adminOf(api).get('/jobs?type=assess-all')).json()).toMatchObject({ total: 0 });
  });
});
