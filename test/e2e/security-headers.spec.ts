import type { Answer } from '../support/e2e/http';
import { useApi } from '../support/e2e/processes';

const DATA_POLICY = "default-src 'none';frame-ancestors 'none'";

/** The directives of a content security policy, by name. */
function policyOf(answer: Answer): Readonly<Record<string, string>> {
  const directives = (answer.header('content-security-policy') ?? '').split(';').map((part) => part.trim());
  return Object.fromEntries(directives.map((part) => [part.replace(/ .*/, ''), part.replace(/^\S+ ?/, '')]));
}

describe('To a browser', () => {
  const api = useApi(() => Promise.resolve({}));

  test.each([
    ['an answer', '/api/v1/skill-gap?from=11-1011.00&to=11-3013.00', 200],
    ['an answer about health', '/health', 200],
    ['the OpenAPI document', '/docs-json', 200],
    ['a redirect', '/', 302],
    ['a problem', '/api/v1/skills?x=1', 400],
    ['a problem before there is a route', '/%zz', 400],
    ['a route that does not exist', '/nothing', 404],
    ['a route without a key', '/api/v1/admin/jobs', 401],
  ])('%s may load nothing, be shown in no frame, and be taken for nothing else', async (_, path, status) => {
    const answer = await api.client.get(path);

    expect(answer.status).toBe(status);
    expect(answer.headers).toMatchObject({
      'content-security-policy': DATA_POLICY,
      'cross-origin-resource-policy': 'same-origin',
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
    });
  });

  test.each(['/docs', '/docs/', '/docs/swagger-ui-init.js', '/docs/swagger-ui-bundle.js'])(
    '%s may run scripts of this server only, and none that stand in the page',
    async (path) => {
      const answer = await api.client.get(path);

      expect(answer.status).toBe(200);
      expect(policyOf(answer)).toMatchObject({
        'default-src': "'none'",
        'script-src': "'self'",
        'connect-src': "'self'",
        'frame-ancestors': "'none'",
      });
      expect(answer.header('x-content-type-options')).toBe('nosniff');
    },
  );

  test('nothing says what the server is made of', async () => {
    const { headers } = await api.client.get('/health');

    expect([headers['server'], headers['x-powered-by']]).toEqual([undefined, undefined]);
  });
});
