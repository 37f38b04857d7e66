import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Job } from '@app/database';
import { JobDto } from './dto/job.dto';
import { eventId, hasSeenTheEnd, jobEvents } from './job-events';

const AT = new Date('2026-11-21T09:00:00.000Z');

function job(values: Partial<Job>): Job {
  return {
    id: '3f0c8a52-6f0e-4d4e-9d0a-2b8f6c1d7e90',
    type: 'import-release',
    state: 'active',
    attempt: 1,
    progressStage: null,
    progressDone: null,
    progressTotal: null,
    errorCode: null,
    errorDetail: null,
    errorRaw: 'the password is hunter2',
    payload: '{"path":"/secret"}',
    requestedBy: 'admin 01234567',
    createdAt: AT,
    startedAt: null,
    finishedAt: null,
    ...values,
  } as Job;
}

async function* changesOf(...jobs: readonly Job[]): AsyncGenerator<Job> {
  for (const each of jobs) {
    await nextTurn();
    yield each;
  }
}

async function* endless(): AsyncGenerator<Job> {
  yield job({});
  await new Promise(() => undefined);
}

async function* failing(): AsyncGenerator<Job> {
  yield job({});
  await nextTurn();
  throw new Error('out of luck');
}

async function textOf(stream: AsyncIterable<unknown>): Promise<string> {
  let text = '';
  for await (const chunk of stream) text += String(chunk);
  return text;
}

describe('The events of a job', () => {
  it('are one for each change, with an id and the public part of the job, and end with the job', async () => {
    const [active, done] = [job({}), job({ state: 'completed', finishedAt: AT })];

    const text = await textOf(jobEvents(changesOf(active, done), new AbortController()));

    expect(text).toBe(
      [active, done]
        .map((each) => `event: job\nid: ${eventId(each)}\ndata: ${JSON.stringify(JobDto.of(each))}\n\n`)
        .join(''),
    );
    expect(text).not.toMatch(/hunter2|secret|01234567/);
  });

  it('carry no line break of a message into the stream', async () => {
    const failed = job({ state: 'failed', errorCode: 'INTERNAL', errorDetail: 'one\n\nevent: job\ntwo' });

    const text = await textOf(jobEvents(changesOf(failed), new AbortController()));

    expect(text.match(/^event: /gm)).toHaveLength(1);
  });

  it('stop following the job when the client goes away', async () => {
    const stop = new AbortController();
    const stream = jobEvents(endless(), stop);

    stream.destroy();
    await nextTurn();

    expect(stop.signal.aborted).toBe(true);
  });

  it('stop following the job when they end', async () => {
    const stop = new AbortController();

    await textOf(jobEvents(changesOf(job({ state: 'completed' })), stop));
    await nextTurn();

    expect(stop.signal.aborted).toBe(true);
  });

  it('break off where the job cannot be followed any more', async () => {
    await expect(textOf(jobEvents(failing(), new AbortController()))).rejects.toThrow('out of luck');
  });

  it('say every 15 seconds that somebody is still there, until the client goes away', async () => {
    jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate'] });
    try {
      const stream = jobEvents(endless(), new AbortController());
      let text = '';
      stream.on('data', (chunk: Buffer) => (text += chunk.toString()));
      jest.advanceTimersByTime(30_000);
      await nextTurn();

      stream.destroy();

      expect(text.match(/^: still here\n\n/gm)).toHaveLength(2);
      expect(jest.getTimerCount()).toBe(0);
    } finally {
      jest.useRealTimers();
    }
  });
});

describe('A client that does not read', () => {
  it('has a few events waiting for it, however many changes there are, and is told of the last one', async () => {
    let taken = 0;
    async function* changes(): AsyncGenerator<Job> {
      for (; taken < 1000; taken++) {
        await nextTurn();
        yield job({ progressDone: taken, progressStage: 'land' });
      }
    }
    const stream = jobEvents(changes(), new AbortController());
    for (let turn = 0; turn < 2000; turn++) await nextTurn();
    const [takenUnread, waiting] = [taken, stream.readableLength];

    const text = await textOf(stream);

    expect(waiting).toBeLessThan(10_000);
    expect(takenUnread).toBeLessThan(50);
    expect(text.match(/^event: job$/gm)).toHaveLength(1000);
  });

  it('is let go of when it goes away', async () => {
    let ended = false;
    async function* changes(): AsyncGenerator<Job> {
      try {
        for (;;) {
          await nextTurn();
          yield job({});
        }
      } finally {
        ended = true;
      }
    }
    const stream = jobEvents(changes(), new AbortController());
    for (let turn = 0; turn < 100; turn++) await nextTurn();

    stream.destroy();
    for (let turn = 0; turn < 10; turn++) await nextTurn();

    expect(ended).toBe(true);
  });
});

describe('A client that connects again', () => {
  it.each<[string, Partial<Job>, unknown, boolean]>([
    ['after the end, which it has seen', { state: 'completed', attempt: 2 }, 'completed-2', true],
    ['after an end that it has not seen', { state: 'completed', attempt: 2 }, 'active-2', false],
    ['after the end of an earlier attempt', { state: 'failed', attempt: 2 }, 'failed-1', false],
    ['while the job runs', { state: 'active', attempt: 1 }, 'active-1', false],
    ['for the first time', { state: 'completed', attempt: 1 }, undefined, false],
    ['with more than one id', { state: 'completed', attempt: 1 }, ['completed-1', 'completed-1'], false],
  ])('%s', (_, values, lastEventId, seen) => {
    expect(hasSeenTheEnd(job(values), lastEventId)).toBe(seen);
  });
});
