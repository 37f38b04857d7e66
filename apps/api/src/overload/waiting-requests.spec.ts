import { WaitingRequests } from './waiting-requests';

const AT_MOST = 1000;

describe('Requests that wait for somebody else', () => {
  it('are no more than there are places, each of which is given back whether there is an answer or not', async () => {
    const waiting = new WaitingRequests();
    const end: (() => void)[] = [];
    const slow = (): Promise<string> =>
      new Promise((resolve) =>
        end.push(() => {
          resolve('at last');
        }),
      );
    const answers = Array.from({ length: AT_MOST - 1 }, () => waiting.during(slow));

    await expect(waiting.during(() => Promise.reject(new Error('out of luck')))).rejects.toThrow('out of luck');
    expect(await waiting.during(() => Promise.resolve('the answer'))).toBe('the answer');

    answers.push(waiting.during(slow));
    await expect(waiting.during(() => Promise.resolve('too many'))).rejects.toMatchObject({ code: 'OVERLOADED' });

    for (const answer of end) answer();
    expect(new Set(await Promise.all(answers))).toEqual(new Set(['at last']));
    expect(await waiting.during(() => Promise.resolve('the next'))).toBe('the next');
  });
});
