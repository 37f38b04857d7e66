import { useApi } from '../support/e2e/processes';
import { gistOf, problemOf } from '../support/e2e/problems';

const PAIR = '/api/v1/skill-gap?from=11-1011.00&to=11-3013.00';
const MAX_URL_LENGTH = 8000;
const MAX_PARAMETERS = 50;

/** A path, made so many characters long by what is added to its end. */
function stretched(path: string, length: number): string {
  return path + 'a'.repeat(length - path.length);
}

function withParameters(path: string, count: number): string {
  return `${path}?${Array.from({ length: count }, (_, index) => `p${index}=1`).join('&')}`;
}

describe('A URL', () => {
  const api = useApi(() => Promise.resolve({}));

  test.each([
    ['of a request that there is', `${PAIR}&x=`],
    ['of a search', '/api/v1/occupations?q='],
    ['of the documentation', '/docs?x='],
    ['that leads nowhere', '/nothing/'],
    ['with a parameter in its path', '/api/v1/occupations/'],
    ['that is no path', '/%zz'],
    ['of an admin route, without a key', '/api/v1/admin/jobs?x='],
  ])('%s may have so many characters, and no more', async (_, path) => {
    const fits = await api.client.get(stretched(path, MAX_URL_LENGTH));
    const beyond = await api.client.get(stretched(path, MAX_URL_LENGTH + 1));

    expect(fits.status).not.toBe(414);
    expect(gistOf(beyond)).toBe('414 URI_TOO_LONG');
    expect(problemOf(beyond).detail).toBe('The URL must have at most 8000 characters, not 8001.');
  });

  test.each(['/api/v1/skills', '/api/v1/occupations', '/api/v1/skill-gap', '/api/v1/releases', '/nothing'])(
    'of %s may have so many parameters, and no more',
    async (path) => {
      const fits = await api.client.get(withParameters(path, MAX_PARAMETERS));
      const beyond = await api.client.get(withParameters(path, MAX_PARAMETERS + 1));

      expect([400, 404]).toContain(fits.status);
      expect(gistOf(beyond)).toBe('400 VALIDATION_FAILED');
      expect(problemOf(beyond).detail).toBe('The request must have at most 50 parameters.');
    },
  );

  test('has its parameters counted whether they have names or not', async () => {
    const answer = await api.client.get(`/api/v1/skills?${'&'.repeat(MAX_URL_LENGTH - 100)}`);

    expect(problemOf(answer).detail).toBe('The request must have at most 50 parameters.');
  });

  test('is not looked at where somebody asks for health', async () => {
    expect((await api.client.get(stretched('/health?x=', MAX_URL_LENGTH + 1))).status).toBe(200);
  });
});
