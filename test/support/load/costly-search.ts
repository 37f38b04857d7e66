import { SmallRelease } from '../release-folder';

const OCCUPATIONS = 8000;

/**
 * A search, since whoever asks shares the machine with the api: one for five words in 8,000 titles costs thirty times what it takes
 * to ask for it, so that the two cores of a small machine can ask for four times what one of them can answer.
 */
export const COSTLY_SEARCH = '/api/v1/occupations?q=occupation%20o%20c%20u%20p&page_size=20';

/** The release in which {@link COSTLY_SEARCH} costs so much. */
export function costlyRelease(): SmallRelease {
  return new SmallRelease({ rated: OCCUPATIONS });
}
