import { setTimeout as sleep } from 'node:timers/promises';
import { LlmCallError } from '../../libs/llm/src/provider/llm-provider';
import type { Fault } from '../support/gemini/faults';
import { useGeminiStub } from '../support/gemini/use-gemini-stub';
import { geminiAt, QUESTION } from '../support/gemini-provider';
import { rejectionOf } from '../support/thrown-by';

const { signal } = new AbortController();

describe('Gemini that fails', () => {
  const stub = useGeminiStub();

  const failure = async (asking: Promise<unknown> = geminiAt(stub).ask(QUESTION, signal)): Promise<LlmCallError> => {
    const error = await rejectionOf(asking);
    expect(error).toBeInstanceOf(LlmCallError);
    expect(`${(error as Error).message} ${(error as Error).stack}`).not.toContain(stub.key);
    expect(error).not.toHaveProperty('cause');
    return error as LlmCallError;
  };

  test.each<[string, Fault, LlmCallError['kind'], RegExp]>([
    ['with 429', { kind: 'status', status: 429 }, 'unavailable', /is asked too often \(HTTP 429: A fault/],
    [
      'with 500',
      { kind: 'status', status: 500 },
      'unavailable',
      /is not available \(HTTP 500: A fault that a test asked for\)\.$/,
    ],
    ['with 503', { kind: 'status', status: 503 }, 'unavailable', /is not available \(HTTP 503/],
    ['with 504', { kind: 'status', status: 504 }, 'unavailable', /is not available \(HTTP 504/],
    ['with 400', { kind: 'status', status: 400 }, 'question-refused', /does not accept the request \(HTTP 400/],
    ['with 401', { kind: 'status', status: 401 }, 'refused', /does not accept the key \(HTTP 401/],
    ['with 403', { kind: 'status', status: 403 }, 'refused', /does not accept the key \(HTTP 403/],
    ['with 404', { kind: 'status', status: 404 }, 'refused', /does not know the model gemini-flash-latest/],
    ['with a page that is no JSON', { kind: 'html' }, 'unavailable', /^Gemini was not reached, or its answer/],
    [
      'with a status and a page',
      { kind: 'status', status: 502, body: '<p>Bad</p>' },
      'unavailable',
      /not available \(HTTP 502\)\.$/,
    ],
    ['by a reset connection', { kind: 'reset' }, 'unavailable', /^Gemini was not reached/],
    ['in the middle of its answer', { kind: 'cut' }, 'unavailable', /^Gemini was not reached/],
  ])('%s says whether it is worth to ask again', async (_, fault, kind, message) => {
    stub.failNext(fault);

    expect(await failure()).toMatchObject({
      kind,
      message: expect.stringMatching(message) as string,
      retryAfterMs: null,
    });
  });

  test('since nobody is there can be asked again', async () => {
    await stub.stop();

    expect(await failure()).toMatchObject({ kind: 'unavailable' });
  });

  test.each([
    ['7s', 7000],
    ['3.5s', 3500],
    ['0.0001s', 1],
    ['soon', null],
    ['-3s', null],
  ])('says when to come back: %s', async (retryDelay, ms) => {
    stub.failNext({ kind: 'status', status: 429, retryDelay });

    expect((await failure()).retryAfterMs).toBe(ms);
  });

  test('since it does not take the key does not show it', async () => {
    const wrong = 'wrong-key-that-nobody-may-see';

    const { kind, message } = await failure(geminiAt(stub, {}, wrong).ask(QUESTION, signal));

    expect([kind, message]).toEqual([
      'refused',
      'Gemini does not accept the key (HTTP 400: API key not valid. Please pass a valid API key).',
    ]);
  });

  test.each([400, 403, 429, 500])('with %i and the key in what it says does not show it', async (status) => {
    const message = `The key ${stub.key} is wrong.\nYou sent x-goog-api-key: ${stub.key}`;
    const details = [{ reason: `not ${stub.key}`, metadata: { key: stub.key } }];
    stub.failNext({ kind: 'status', status, body: JSON.stringify({ error: { code: status, message, details } }) });

    const { message: told, forEverybody } = await failure();
    expect(told).toContain(': The key … is wrong. You sent x-goog-api-key: …)');
    // it may tell what only the operator is to know
    expect(forEverybody).toMatch(new RegExp(`^Gemini [a-z ]+ \\(HTTP ${status}\\)\\.$`));
  });

  test('with an essay shows its beginning', async () => {
    const message = 'No. '.repeat(10_000);
    stub.failNext({ kind: 'status', status: 500, body: JSON.stringify({ error: { message } }) });

    expect((await failure()).message.length).toBeLessThan(400);
  });

  test.each<[string, unknown, object]>([
    ['no object', [], { text: null, fault: 'The reply is empty.' }],
    ['null', null, { kind: 'unavailable' }],
    ['candidates that are none', { candidates: 7 }, { kind: 'unavailable' }],
    ['parts that are none', { candidates: [{ content: { parts: 7 } }] }, { kind: 'unavailable' }],
  ])('by answering with %s does no harm', async (_, body, outcome) => {
    stub.failNext({ kind: 'status', status: 200, body: JSON.stringify(body) });

    expect(
      await geminiAt(stub)
        .ask(QUESTION, signal)
        .catch((error: unknown) => error),
    ).toMatchObject(outcome);
  });

  test('is waited for no longer than allowed', async () => {
    stub.failNext({ kind: 'hang' });
    const begun = performance.now();

    expect(await failure(geminiAt(stub, { timeoutMs: 150 }).ask(QUESTION, signal))).toMatchObject({
      kind: 'timeout',
      message: 'Gemini did not answer within 150 ms.',
    });
    expect(performance.now() - begun).toBeLessThan(10_000);
  });

  describe('that is called off', () => {
    test('ends at once with the reason', async () => {
      stub.failNext({ kind: 'hang' });
      const abort = new AbortController();
      const reason = new Error('The job was cancelled.');
      const asking = geminiAt(stub).ask(QUESTION, abort.signal);
      while (stub.requests.length === 0) await sleep(5);

      abort.abort(reason);

      expect(await rejectionOf(asking)).toBe(reason);
    });

    test('is not asked at all where it was called off before', async () => {
      const reason = new Error('The job was cancelled.');

      expect(await rejectionOf(geminiAt(stub).ask(QUESTION, AbortSignal.abort(reason)))).toBe(reason);
      expect(stub.requests).toEqual([]);
    });
  });
});
