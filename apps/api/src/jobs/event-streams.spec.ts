import { AppError } from '@app/common';
import { thrownBy } from '../../../../test/support/thrown-by';
import { EventStreams, MAX_STREAMS, MAX_STREAMS_OF_CLIENT } from './event-streams';

function takeAll(streams: EventStreams, client: string): (() => void)[] {
  return Array.from({ length: MAX_STREAMS_OF_CLIENT }, () => streams.take(client));
}

describe('Streams of events', () => {
  it('are refused to a client that has enough of them, and to no other', () => {
    const streams = new EventStreams();
    takeAll(streams, 'a');

    const refusal = thrownBy(() => streams.take('a'));

    expect(refusal).toBeInstanceOf(AppError);
    expect(refusal).toMatchObject({ code: 'RATE_LIMITED', retryAfterSeconds: 30 });
    expect(() => streams.take('b')).not.toThrow();
  });

  it('are there again for whom one has ended, once for each', () => {
    const streams = new EventStreams();
    const [giveBack = (): void => undefined] = takeAll(streams, 'a');

    giveBack();
    giveBack();
    streams.take('a');

    expect(() => streams.take('a')).toThrow(AppError);
  });

  it('are refused to everybody where all clients together have too many', () => {
    const streams = new EventStreams();
    const taken = Array.from({ length: MAX_STREAMS }, (_, index) => streams.take(`client ${index}`));

    const refusal = thrownBy(() => streams.take('a'));
    taken[0]?.();

    expect(refusal).toMatchObject({ code: 'OVERLOADED', retryAfterSeconds: 30 });
    expect(() => streams.take('a')).not.toThrow();
  });
});
