import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { documentedRequest, operationsOf } from '../support/e2e/documented-requests';
import { examplesOf } from '../support/e2e/examples';
import { Answer } from '../support/e2e/http';
import { isObject } from '../support/e2e/json-schema';
import type { LintFinding } from '../support/e2e/lint-openapi';
import { useApi, useProcesses } from '../support/e2e/processes';
import { answered } from '../support/llm/answers';
import { llmGapPath } from '../support/llm/paths';
import { useApiWithLlm } from '../support/llm/use-api-with-llm';

const SUPPORT = join(__dirname, '..', 'support');

/** Findings that are accepted, and why. */
const ACCEPTED: readonly { readonly rule: string; readonly place: RegExp; readonly because: string }[] = [
  {
    rule: 'security-defined',
    place: /^#\/paths\/(?!~1api~1v1~1admin)/,
    because: 'the data is public and these routes only read: they need no key',
  },
  {
    rule: 'operation-4xx-response',
    place: /^#\/paths\/~1health/,
    because: 'the health routes take nothing from the client that could be wrong',
  },
];

async function lint(document: string): Promise<LintFinding[]> {
  const program = [join(SUPPORT, 'processes', 'run-typescript.cjs'), join(SUPPORT, 'e2e', 'lint-openapi.ts')];
  const running = promisify(execFile)(process.execPath, program);
  running.child.stdin?.end(document);
  return JSON.parse((await running).stdout) as LintFinding[];
}

describe('The OpenAPI document', () => {
  const processes = useProcesses();
  const { api } = useApiWithLlm();

  test('has nothing that a linter could object to', async () => {
    const findings = await lint((await api.client.get('/docs-json')).body);

    const isAccepted = ({ rule, place }: LintFinding): boolean =>
      ACCEPTED.some((accepted) => accepted.rule === rule && accepted.place.test(place));
    expect(findings.filter((finding) => !isAccepted(finding))).toEqual([]);
    const needed = ACCEPTED.filter(({ rule, place }) =>
      findings.some((finding) => finding.rule === rule && place.test(finding.place)),
    );
    expect(needed).toEqual(ACCEPTED);
  });

  test('describes every route that the process has, and no other', async () => {
    const routes = join(await processes.folder(), 'routes.txt');
    await processes.startApi({
      nodeArgs: ['--require', join(SUPPORT, 'e2e', 'record-routes.cjs')],
      environment: { ONET_E2E_ROUTES: routes },
    });

    const registered = (await readFile(routes, 'utf8')).trim().split('\n');
    const described = operationsOf((await api.client.contract()).document).map(
      ({ method, template }) => `${method} ${template.replace(/\{(\w+)\}/g, ':$1')}`,
    );
    // GET brings HEAD with it, OPTIONS * is for browsers, and the pages of the documentation are for people
    const notForClients = /^(HEAD |OPTIONS \*$|GET \/$|GET \/docs)/;
    expect(registered.filter((route) => !notForClients.test(route)).sort()).toEqual(described.sort());
  });

  test('has only examples and defaults that fit their schemas', async () => {
    const contract = await api.client.contract();
    const examples = examplesOf(contract.document);

    const faults = examples.flatMap(({ place, schema, value }) => {
      try {
        return contract.mismatches(schema, value).map((mismatch) => `${place}: ${mismatch}`);
      } catch (error) {
        return [`${place}: ${error instanceof Error ? error.message : String(error)}`];
      }
    });

    expect(faults).toEqual([]);
    expect(examples.length).toBeGreaterThan(50);
  });

  test('gives every parameter a type that its text can be of, and says what it is', async () => {
    const { document } = await api.client.contract();

    const parameters = operationsOf(document).flatMap(({ operation }) =>
      (operation.parameters ?? []).map((parameter) => ({ ...parameter, operation: operation.operationId })),
    );

    const wrong = parameters.filter(({ schema }) => !['string', 'integer'].includes(String(schema['type'])));
    expect(wrong.map(({ operation, name }) => `${operation} ${name}`)).toEqual([]);
  });

  test('describes every property of what is answered', async () => {
    const { document } = await api.client.contract();

    const bare = Object.entries(document.components.schemas).flatMap(([name, { properties }]) =>
      Object.entries(isObject(properties) ? properties : {})
        .filter(([, property]) => !(isObject(property) && typeof property['description'] === 'string'))
        .map(([property]) => `${name}.${property}`),
    );

    expect(bare).toEqual([]);
  });

  test('has no text in which the asterisk of O*NET turns what follows into italics', async () => {
    const { document } = await api.client.contract();

    const wrong = descriptionsOf(document).filter((text) => {
      const withoutBold = text.replace(/\*\*[^*]+\*\*/g, '');
      return withoutBold.split('\n\n').some((paragraph) => (paragraph.match(/(?<!\\)\*/g) ?? []).length > 1);
    });

    expect(wrong).toEqual([]);
  });

  test('leads to an answer of 200 for whoever tries every request as it is prefilled', async () => {
    // assessments are there once somebody has asked for a gap
    await answered(api.client, llmGapPath('15-1252.00', '15-1252.00'));
    // jobs have ids that nobody can know beforehand; admin routes need a key
    const operations = operationsOf((await api.client.contract()).document).filter(
      ({ template }) => !/^\/api\/v1\/(jobs|admin)\//.test(template),
    );

    const outcomes = await Promise.all(
      operations.map(async (placed) => {
        try {
          const { status } = await api.client.send({ method: placed.method, path: documentedRequest(placed) });
          return `${placed.operation.operationId}: ${status}`;
        } catch (error) {
          return error instanceof Error ? error.message : String(error);
        }
      }),
    );

    expect(outcomes).toEqual(operations.map(({ operation }) => `${operation.operationId}: 200`));
  });

  test('prefills the search with words that find something', async () => {
    const search = operationsOf((await api.client.contract()).document).find(
      ({ operation }) => operation.operationId === 'listOccupations',
    );
    if (search === undefined) throw new Error('The search is not documented');

    const answer = await api.client.get(documentedRequest(search));

    expect(answer.json()).toMatchObject({ items: [{ code: '15-1252.00' }, { code: '15-1253.00' }] });
  });

  test('does not point to a server elsewhere', async () => {
    const { document } = await api.client.contract();

    expect(document['servers']).toEqual([{ url: '/', description: 'This server' }]);
  });
});

describe('An answer is found not to be as documented', () => {
  const api = useApi(() => Promise.resolve({}));
  const GAP = '/api/v1/skill-gap?from=11-1011.00&to=11-3013.00';
  const UNKNOWN = '/api/v1/skill-gap?from=11-1011.00&to=99-9999.99';

  /** What is wrong with an answer of the api once a change is made to it. */
  async function deviations(path: string, change: (answer: Answer) => Partial<Answer>): Promise<string[]> {
    const answer = await api.client.get(path);
    const { status, headers, body } = answer;
    const changed = { status, headers, body, ...change(answer) };
    return (await api.client.contract()).deviations(
      { path },
      new Answer(changed.status, changed.headers, changed.body),
    );
  }

  function without(answer: Answer, header: string): Partial<Answer> {
    return { headers: { ...answer.headers, [header]: undefined } };
  }

  function withBody(answer: Answer, change: object): Partial<Answer> {
    return { body: JSON.stringify({ ...(answer.json() as object), ...change }) };
  }

  test('never where nothing is changed', async () => {
    expect(await deviations(GAP, () => ({}))).toEqual([]);
    expect(await deviations(UNKNOWN, () => ({}))).toEqual([]);
  });

  test.each<[string, string, (answer: Answer) => Partial<Answer>]>([
    ['with a property too many', GAP, (answer) => withBody(answer, { hint: 'learn' })],
    [
      'with an inner property too many',
      GAP,
      (answer) => withBody(answer, { to_occupation: { ...NAMED, rated: true } }),
    ],
    ['without a property', GAP, (answer) => withBody(answer, { release: undefined })],
    ['with a value of another type', GAP, (answer) => withBody(answer, { release: 30.1 })],
    ['with a null', GAP, (answer) => withBody(answer, { skill_gaps: null })],
    ['with another status', GAP, () => ({ status: 201 })],
    ['with a media type of its own', GAP, ({ headers }) => ({ headers: { ...headers, 'content-type': 'text/html' } })],
    ['without a documented header', GAP, (answer) => without(answer, 'etag')],
    ['without its request id', GAP, (answer) => without(answer, 'x-request-id')],
    ['without nosniff', GAP, (answer) => without(answer, 'x-content-type-options')],
    ['as a 304 with a body', GAP, () => ({ status: 304 })],
    ['as an error with an unknown code', UNKNOWN, (answer) => withBody(answer, { code: 'OOPS' })],
    ['as an error of another status', UNKNOWN, (answer) => withBody(answer, { status: 400 })],
    ['as an error of another request', UNKNOWN, (answer) => withBody(answer, { request_id: 'another' })],
    ['as an error of another path', UNKNOWN, (answer) => withBody(answer, { instance: '/' })],
  ])('%s', async (_, path, change) => {
    expect(await deviations(path, change)).not.toEqual([]);
  });
});

const NAMED = { code: '11-3013.00', title: 'Facilities Managers' };

/** Every description of a document; they are Markdown. */
function descriptionsOf(node: unknown): string[] {
  if (Array.isArray(node)) return node.flatMap(descriptionsOf);
  if (!isObject(node)) return [];
  return Object.entries(node).flatMap(([key, value]) =>
    key === 'description' && typeof value === 'string' ? [value] : descriptionsOf(value),
  );
}
