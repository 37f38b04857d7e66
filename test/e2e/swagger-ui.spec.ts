import { cp } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Browser, Locator, Page } from 'playwright-core';
import { complaintsOf, findBrowser, startBrowser } from '../support/e2e/browser';
import { eventually } from '../support/e2e/eventually';
import { ADMIN_KEY, useApi, useProcesses } from '../support/e2e/processes';
import { SAMPLE_FOLDER } from '../support/e2e/sample';
import { answered } from '../support/llm/answers';
import { llmGapPath } from '../support/llm/paths';
import { useApiWithLlm } from '../support/llm/use-api-with-llm';

const RESULTS = process.env['TEST_RESULTS_DIR'] ?? resolve(__dirname, '../../test-results');
const SCREENSHOT = join(RESULTS, 'swagger-ui.png');
const ADMIN_SCREENSHOT = join(RESULTS, 'swagger-ui-admin.png');
const PATIENCE_MS = 15_000;
/** The page is there by then, and the process answers at once. */
const ANSWER_MS = 3000;
/** The ingestion of the sample takes less than a second on a machine that has nothing else to do. */
const INGESTED_WITHIN_MS = 15_000;

/** Jobs have ids that nobody can know beforehand, and admin routes need a key. */
const NEEDS_MORE = /^\/api\/v1\/(jobs|admin)\//;

/** The block of an operation on the page. */
function operationOf(page: Page, method: string, path: string): Locator {
  return page.locator(`.opblock-${method}`, { has: page.locator(`[data-path="${path}"]`) });
}

/** Presses Execute; returns what is shown of an answer with that status. */
async function execute(operation: Locator, status: string): Promise<string> {
  await operation.getByRole('button', { name: 'Execute' }).click();
  const response = operation.locator('.live-responses-table tbody .response').first();
  await response.locator('.response-col_status', { hasText: status }).waitFor();
  return response.locator('.response-col_description').innerText();
}

const executablePath = findBrowser();

if (executablePath === undefined) {
  describe('Swagger UI in a browser', () => {
    test.skip('is not tested: there is no chromium on the PATH', () => undefined);
  });
} else {
  describe('Swagger UI in a browser', () => {
    const { api } = useApiWithLlm();
    let browser: Browser;

    beforeAll(async () => {
      browser = await startBrowser(executablePath);
    });

    afterAll(() => browser.close());

    test('shows the gap by level to whoever executes the request as it is prefilled', async () => {
      const page = await browser.newPage({ viewport: { width: 1280, height: 1800 } });
      page.setDefaultTimeout(PATIENCE_MS);
      const hosts = new Set<string>();
      const complaints = complaintsOf(page);
      page.on('request', (request) => hosts.add(new URL(request.url()).host));

      await page.goto(`${api.url}/docs`);
      const operation = operationOf(page, 'get', '/api/v1/skill-gap-by-lvl');
      await operation.locator('.opblock-summary').click();
      const shown = await execute(operation, '200');
      await page.screenshot({ path: SCREENSHOT });

      expect(shown).toContain('Equipment Maintenance');
      expect(shown).toContain('"to_proficiency_level": 2.25');
      expect([...hosts].filter(Boolean)).toEqual([new URL(api.url).host]);
      expect(complaints).toEqual([]);
    });

    test('offers every operation that needs neither an id nor a key ready to be executed', async () => {
      // assessments are there once somebody has asked for a gap
      await answered(api.client, llmGapPath('15-1252.00', '15-1252.00'));
      const page = await browser.newPage();
      page.setDefaultTimeout(PATIENCE_MS);
      const complaints = complaintsOf(page);
      await page.goto(`${api.url}/docs`);
      await page.locator('.opblock').first().waitFor();
      const operations = await page.locator('.opblock').all();

      const outcomes: string[] = [];
      for (const operation of operations) {
        const path = (await operation.locator('[data-path]').getAttribute('data-path')) ?? '';
        if (NEEDS_MORE.test(path)) continue;
        await operation.locator('.opblock-summary').click();
        await operation.getByRole('button', { name: 'Execute' }).click();
        const status = operation.locator('.live-responses-table tbody .response .response-col_status').first();
        const text = await status.innerText({ timeout: ANSWER_MS }).catch(() => 'no answer');
        outcomes.push(`${path}: ${text.trim().split(/\n/)[0] ?? ''}`);
        // what is open slows down all that follows
        await operation.locator('.opblock-summary').click();
      }

      expect(outcomes.filter((outcome) => !outcome.endsWith(': 200'))).toEqual([]);
      expect(outcomes.length).toBeGreaterThanOrEqual(10);
      expect(complaints).toEqual([]);
    });
  });

  describe('Swagger UI in the browser of an admin', () => {
    const processes = useProcesses('block');
    const api = useApi(async () => {
      const root = await processes.folder();
      await cp(SAMPLE_FOLDER, join(root, '30.1'), { recursive: true });
      return { environment: { ADMIN_API_KEYS: ADMIN_KEY, ONET_DATA_ROOT: root } };
    });
    let browser: Browser;

    beforeAll(async () => {
      browser = await startBrowser(executablePath);
    });

    afterAll(() => browser.close());

    test('takes the key once, starts an ingestion as it is prefilled, and follows its job', async () => {
      const page = await browser.newPage({ viewport: { width: 1280, height: 2400 } });
      page.setDefaultTimeout(PATIENCE_MS);
      const complaints = complaintsOf(page);
      await page.goto(`${api.url}/docs`);

      await page.locator('.scheme-container').getByRole('button', { name: 'Authorize' }).click();
      const dialog = page.locator('.dialog-ux');
      // there is another one, for the keys of clients
      const bearer = dialog.locator('.auth-container', { has: page.locator('#auth-bearer-value') });
      await bearer.locator('input').fill(ADMIN_KEY);
      await bearer.getByRole('button', { name: 'Apply credentials' }).click();
      await dialog.getByRole('button', { name: 'Close' }).last().click();

      const start = operationOf(page, 'post', '/api/v1/admin/ingestions');
      await start.locator('.opblock-summary').click();
      const prefilled = await start.locator('.body-param textarea').inputValue();
      const accepted = await execute(start, '202');
      const [, id = ''] = /"id": "([0-9a-f-]{36})"/.exec(accepted) ?? [];

      const job = operationOf(page, 'get', '/api/v1/jobs/{id}');
      await job.locator('.opblock-summary').click();
      await job.locator('tr[data-param-name="id"] input').fill(id);
      let shown = '';
      const isCompleted = async (): Promise<boolean> => {
        shown = await execute(job, '200');
        return shown.includes('"state": "completed"');
      };
      await eventually('the job is completed', isCompleted, INGESTED_WITHIN_MS);
      await page.screenshot({ path: ADMIN_SCREENSHOT });

      expect(JSON.parse(prefilled)).toEqual({ source: 'directory', path: '30.1' });
      expect(accepted).toContain(`location: /api/v1/jobs/${id}`);
      expect(shown).toContain(`"id": "${id}"`);
      const { items } = (await api.client.get('/api/v1/releases')).json() as { items: { label: string }[] };
      expect(items[0]).toMatchObject({ version: '30.1', label: 'text release from 30.1', active: true });
      expect(complaints).toEqual([]);
    });
  });
}
