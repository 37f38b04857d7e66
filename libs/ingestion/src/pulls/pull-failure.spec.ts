import { EVERYTHING } from '@app/database';
import {
  OnetCredentialsError,
  OnetLimitedError,
  OnetMalformedError,
  OnetNoDataError,
  OnetNotConfiguredError,
  OnetRefusedError,
  OnetUnreachableError,
  type OnetError,
} from '@app/onet-client';
import { soc } from '../../../../test/support/snapshots';
import { failureOf } from './pull-failure';

const CODE = soc('15-2051.00');
const SECRET = 'at https://services.example answered 500';

describe('failureOf', () => {
  it.each<[string, OnetError, string, number]>([
    ['no credentials', new OnetNotConfiguredError(), EVERYTHING, 60_000],
    ['bad credentials', new OnetCredentialsError(SECRET), EVERYTHING, 60_000],
    ['a limit that ends soon', new OnetLimitedError(SECRET, 500), EVERYTHING, 10_000],
    ['a limit that ends tomorrow', new OnetLimitedError(SECRET, 7_200_000), EVERYTHING, 7_200_000],
    ['no answer', new OnetUnreachableError(SECRET, null), CODE, 10_000],
    ['a failure with a time to come back', new OnetUnreachableError(SECRET, 45_000), CODE, 45_000],
    ['a failure with a time that is too soon', new OnetUnreachableError(SECRET, 1), CODE, 10_000],
    ['a refusal', new OnetRefusedError(SECRET), CODE, 60_000],
    ['no data where there must be some', new OnetNoDataError(SECRET), CODE, 60_000],
    ['an answer that cannot be read', new OnetMalformedError('tables', SECRET), CODE, 60_000],
  ])('tells whom %s concerns, and for how long', (_, error, of, forMs) => {
    const before = Date.now();
    const failure = failureOf(error, CODE);
    expect(failure).toMatchObject({ of, miss: { reason: 'unavailable', forMs } });
    expect(failure.miss.askedAt.getTime()).toBeGreaterThanOrEqual(before);
    // clients are told of it; what was thrown is for admins
    expect(failure.miss.detail).not.toContain(SECRET);
    expect(failure.miss.detail).toMatch(/^(The|What the) O\*NET Web Services .*\.$/);
  });

  it('names the occupation whose answer cannot be used', () => {
    expect(failureOf(new OnetRefusedError(SECRET), CODE).miss.detail).toContain(CODE);
  });
});
