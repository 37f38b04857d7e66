import type { Fault } from '../support/gemini/faults';
import { GeminiStub } from '../support/gemini/gemini-stub';
import {
  ask,
  assessmentSchema,
  bodyOf,
  gapSchema,
  type Generated,
  generated,
  textOf,
} from '../support/gemini/raw-client';
import { useGeminiStub } from '../support/gemini/use-gemini-stub';
import { rejectionOf } from '../support/thrown-by';

describe('The stub of Gemini', () => {
  const stub = useGeminiStub();

  const status = async (schema = assessmentSchema()): Promise<number> => (await ask(stub, bodyOf(schema))).status;

  /** What is generated while this goes wrong. */
  const damaged = async (fault: Fault): Promise<Generated> => {
    stub.failNext(fault);
    return generated(await ask(stub));
  };

  test('fails the next requests only, in the order of their faults', async () => {
    stub.failNext({ kind: 'status', status: 500 }, 2);
    stub.failNext({ kind: 'status', status: 503, body: 'Busy', headers: { 'retry-after': '3' } });

    expect([await status(), await status()]).toEqual([500, 500]);
    const busy = await ask(stub);
    expect([busy.status, busy.headers.get('retry-after'), await busy.text()]).toEqual([503, '3', 'Busy']);
    expect(await status()).toBe(200);
  });

  test('fails every request until it is healed', async () => {
    stub.failWhile({ kind: 'status', status: 503 });

    expect([await status(), await status()]).toEqual([503, 503]);
    stub.heal();
    expect(await status()).toBe(200);
  });

  test('fails the requests that a test picks', async () => {
    stub.failOn(({ kind }) => kind === 'gap', { kind: 'status', status: 500 }, 1);

    expect([await status(), await status(gapSchema()), await status(gapSchema())]).toEqual([200, 500, 200]);
  });

  test.each([
    [400, 'INVALID_ARGUMENT'],
    [401, 'UNAUTHENTICATED'],
    [403, 'PERMISSION_DENIED'],
    [404, 'NOT_FOUND'],
    [429, 'RESOURCE_EXHAUSTED'],
    [500, 'INTERNAL'],
    [503, 'UNAVAILABLE'],
  ])('names a status %i as Google does', async (code, name) => {
    stub.failNext({ kind: 'status', status: code });

    expect(await (await ask(stub)).json()).toEqual({
      error: { code, status: name, message: 'A fault that a test asked for.' },
    });
  });

  test('says when to come back, if told to', async () => {
    stub.failNext({ kind: 'status', status: 429, retryDelay: '7s' });

    expect(await (await ask(stub)).json()).toMatchObject({
      error: { details: [{ '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '7s' }] },
    });
  });

  test('leaves a request without an answer', async () => {
    stub.failNext({ kind: 'hang' });

    const hanging = ask(stub, undefined, { signal: AbortSignal.timeout(100) });

    expect(await rejectionOf(hanging)).toMatchObject({ name: 'TimeoutError' });
    expect(stub.requests).toHaveLength(1);
  });

  test('cuts an answer in the middle', async () => {
    stub.failNext({ kind: 'cut' });

    expect(await rejectionOf((await ask(stub)).text())).toMatchObject({ message: 'terminated' });
  });

  test('resets a connection', async () => {
    stub.failNext({ kind: 'reset' });

    expect(await rejectionOf(ask(stub))).toMatchObject({ cause: { code: 'ECONNRESET' } });
  });

  test('answers late, by the latency and by a fault', async () => {
    stub.latencyMs = 30;
    stub.failNext({ kind: 'slow', ms: 40 });
    const before = performance.now();

    const late = await status();

    // timers may fire a millisecond early
    expect(performance.now() - before).toBeGreaterThan(68);
    expect(late).toBe(200);
  });

  test('answers with HTML', async () => {
    stub.failNext({ kind: 'html' });

    const response = await ask(stub);

    expect([response.status, await response.text()]).toEqual([200, expect.stringMatching(/^<!DOCTYPE html>/)]);
  });

  test('blocks a prompt, and stops an answer for safety', async () => {
    const { candidates, promptFeedback } = await damaged({ kind: 'blocked' });

    expect([candidates, promptFeedback]).toEqual([undefined, { blockReason: 'SAFETY' }]);
    expect((await damaged({ kind: 'safety' })).candidates).toEqual([{ finishReason: 'SAFETY', index: 0 }]);
  });

  test('stops in the middle, babbles, adds a fence or says nothing', async () => {
    const whole = await textOf(await ask(stub));
    const said = async (kind: 'truncated' | 'malformed' | 'fenced' | 'empty'): Promise<unknown[]> => {
      const [candidate] = (await damaged({ kind })).candidates ?? [];
      return [candidate?.finishReason, candidate?.content?.parts[0]?.text];
    };

    expect(await said('truncated')).toEqual(['MAX_TOKENS', whole.slice(0, Math.floor(whole.length / 2))]);
    expect(await said('malformed')).toEqual(['STOP', expect.stringMatching(/^Here is/)]);
    expect(await said('fenced')).toEqual(['STOP', `\`\`\`json\n${whole}\n\`\`\``]);
    expect(await said('empty')).toEqual(['STOP', '']);
  });

  test('stops where a reply is longer than the request allows', async () => {
    const { candidates, usageMetadata } = await generated(
      await ask(stub, bodyOf(assessmentSchema(), { maxOutputTokens: 10 })),
    );

    expect(candidates?.[0]?.finishReason).toBe('MAX_TOKENS');
    expect(usageMetadata?.['candidatesTokenCount']).toBe(10);
  });

  test('does not say how many tokens it took', async () => {
    const answer = await damaged({ kind: 'no-usage' });

    expect([answer.usageMetadata, answer.candidates?.[0]?.finishReason]).toEqual([undefined, 'STOP']);
  });

  test('keeps a fault in the reply for a request that has one', async () => {
    stub.failNext({ kind: 'empty' });

    await ask(stub, 'no JSON');

    expect(await textOf(await ask(stub))).toBe('');
    expect(await textOf(await ask(stub))).not.toBe('');
  });

  test('counts how many requests wait at once', async () => {
    stub.latencyMs = 30;
    await Promise.all([ask(stub), ask(stub), ask(stub)]);
    await ask(stub);
    expect(stub.concurrency.max).toBe(3);

    stub.reset();
    await ask(stub);
    expect(stub.concurrency.max).toBe(1);
  });

  test('counts a request as waiting no longer once its client has gone', async () => {
    stub.failNext({ kind: 'hang' });
    await rejectionOf(ask(stub, undefined, { signal: AbortSignal.timeout(50) }));
    // after a reset, those that still wait are the most that have waited
    do {
      await new Promise((resolve) => setTimeout(resolve, 5));
      stub.reset();
    } while (stub.concurrency.max > 0);

    await ask(stub);

    expect(stub.concurrency.max).toBe(1);
  });

  test('is back on its port after a stop', async () => {
    const { url } = stub;
    await stub.stop();
    expect(await rejectionOf(ask(stub))).toMatchObject({ cause: { code: 'ECONNREFUSED' } });

    await stub.start();

    expect([stub.url, await status()]).toEqual([url, 200]);
  });

  test('answers no more than the requests of a minute where it has a limit', async () => {
    const limited = new GeminiStub({ requestsPerMinute: 2 });
    await limited.start();
    try {
      const statuses = [(await ask(limited)).status, (await ask(limited)).status];
      const third = await ask(limited);

      expect([...statuses, third.status]).toEqual([200, 200, 429]);
      expect(await third.json()).toMatchObject({ error: { details: [{ retryDelay: '60s' }] } });
    } finally {
      await limited.stop();
    }
  });
});
