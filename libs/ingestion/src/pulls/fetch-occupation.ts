import type { OnetSocCode } from '@app/common';
import type { PulledTable } from '@app/normalization';
import type { OnetClient, OnetFilter } from '@app/onet-client';
import { toLandingRows } from '../web-services/landing-rows';
import { OCCUPATION_TABLE } from '../web-services/tables';

/**
 * The rows of one occupation, in the form in which they are landed; null where O*NET does not list it. The tables are
 * asked for at the same time: somebody waits.
 *
 * @throws OnetError
 */
export async function fetchOccupation(
  client: OnetClient,
  code: OnetSocCode,
  signal: AbortSignal,
): Promise<readonly PulledTable[] | null> {
  const filters: readonly OnetFilter[] = [{ column: 'onetsoc_code', operator: 'eq', value: code }];
  const stop = new AbortController();
  const either = AbortSignal.any([signal, stop.signal]);
  const skillTables = await client.skillTables(signal);
  const reading = [OCCUPATION_TABLE, ...skillTables].map((table) =>
    client.rowsIfAny(table, { filters, signal: either }),
  );
  const [occupations = [], ...ratings] = await Promise.all(reading).catch(async (error: unknown) => {
    // nobody is to be asked for the others any more, when it is told that the Web Services are left alone
    stop.abort(error);
    await Promise.allSettled(reading);
    throw error;
  });
  if (occupations.length === 0) return null;
  return [
    toLandingRows(OCCUPATION_TABLE, 'landing_occupations', occupations),
    ...ratings.map((rows, index) => toLandingRows(skillTables[index] ?? '', 'landing_skills', rows)),
  ];
}
