import type { Answer } from '../support/e2e/http';
import { gistOf } from '../support/e2e/problems';
import { useApi } from '../support/e2e/processes';

const PAGES = ['/docs', '/docs/'];

/** What a browser would fetch for a page, resolved against its address. */
function references(html: string, page: string): string[] {
  const found = [...html.matchAll(/<(?:script|link|img|iframe|source)\b[^>]*?\b(?:src|href)\s*=\s*["']?([^"'\s>]+)/gi)];
  return found.map(([, reference = '']) => new URL(reference, `http://this.invalid${page}`).href);
}

function stylesheetReferences(css: string): string[] {
  const found = [...css.matchAll(/@import\s+["']([^"']+)|url\(\s*["']?([^"')]+)/gi)];
  return found.map(([, imported, url = '']) => imported ?? url).filter((reference) => !reference.startsWith('data:'));
}

describe('The documentation', () => {
  const api = useApi(() => Promise.resolve({}));
  const fetched = async (address: string): Promise<Answer> => api.client.get(new URL(address).pathname);

  test.each(PAGES)('at %s is a page that brings everything it needs from the process itself', async (page) => {
    const answer = await api.client.get(page);

    const parts = references(answer.body, page);
    expect(answer.status).toBe(200);
    expect(answer.mediaType).toBe('text/html');
    expect(parts.length).toBeGreaterThanOrEqual(4);
    for (const part of parts) {
      expect(new URL(part).hostname).toBe('this.invalid');
      expect((await fetched(part)).status).toBe(200);
    }
  });

  test('has style sheets that fetch nothing from elsewhere', async () => {
    const page = await api.client.get('/docs');
    const sheets = references(page.body, '/docs').filter((reference) => reference.endsWith('.css'));

    const found = await Promise.all(sheets.map(async (sheet) => stylesheetReferences((await fetched(sheet)).body)));

    expect(sheets).toHaveLength(1);
    expect(found.flat()).toEqual([]);
    expect(stylesheetReferences(page.body)).toEqual([]);
  });

  test('has scripts that are told of no address but the process itself', async () => {
    const settings = (await api.client.get('/docs/swagger-ui-init.js')).body;

    expect(settings).not.toMatch(/\b(validatorUrl|configUrl|oauth2RedirectUrl)\b/);
    expect(settings).not.toMatch(/^\s*url:\s*['"]/m);
    expect(settings).toContain('"tryItOutEnabled": true');
  });

  test('has every part under the media type that browsers insist on', async () => {
    const types = Object.fromEntries(
      await Promise.all(
        ['swagger-ui.css', 'swagger-ui-bundle.js', 'swagger-ui-init.js', 'favicon-32x32.png'].map(
          async (part) => [part, (await api.client.get(`/docs/${part}`)).mediaType] as const,
        ),
      ),
    );

    expect(types).toEqual({
      'swagger-ui.css': 'text/css',
      'swagger-ui-bundle.js': expect.stringMatching(/^(application|text)\/javascript$/) as string,
      'swagger-ui-init.js': expect.stringMatching(/^(application|text)\/javascript$/) as string,
      'favicon-32x32.png': 'image/png',
    });
  });

  test.each(['package.json', 'index.js', 'swagger-ui-bundle.js.map', 'oauth2-redirect.html', 'README.md'])(
    'keeps to itself what else is in the package of the page: %s',
    async (file) => {
      expect(gistOf(await api.client.get(`/docs/${file}`))).toBe('404 NOT_FOUND');
    },
  );

  test('is also there as JSON and as YAML, for programs', async () => {
    const json = await api.client.get('/docs-json');
    const yaml = await api.client.get('/docs-yaml');

    expect([json.status, json.mediaType]).toEqual([200, 'application/json']);
    expect([yaml.status, yaml.mediaType]).toEqual([200, expect.stringMatching(/yaml$/)]);
    const { openapi, paths } = json.json() as { openapi: string; paths: Record<string, unknown> };
    expect(yaml.body).toMatch(new RegExp(`^openapi: ${openapi}$`, 'm'));
    for (const path of Object.keys(paths))
      expect(yaml.body).toMatch(new RegExp(`^  ['"]?${escaped(path)}['"]?:$`, 'm'));
  });

  test('shows the text that the licence of the data asks for', async () => {
    const { info } = (await api.client.get('/docs-json')).json() as { info: { description: string; version: string } };

    expect(info.description).toContain('U.S. Department of Labor, Employment and Training Administration (USDOL/ETA)');
    expect(info.description).toContain('CC BY 4.0');
    expect(info.version).toMatch(/^\d+\.\d+\.\d+$/);
  });
});

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
}
