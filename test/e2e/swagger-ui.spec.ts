import { accessSync, constants } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';
import { chromium, type Browser } from 'playwright-core';
import { useApi } from '../support/e2e/processes';

const BROWSER_NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const SCREENSHOT = resolve(__dirname, '../../test-results/swagger-ui.png');
const PATIENCE_MS = 15_000;
/** The page is there by then, and the process answers at once. */
const ANSWER_MS = 3000;

/** The browser must not talk to anybody but the process under test. */
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

function findBrowser(): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter(Boolean);
  return BROWSER_NAMES.flatMap((name) => folders.map((folder) => join(folder, name))).find((path) => {
    try {
      accessSync(path, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

const executablePath = findBrowser();

if (executablePath === undefined) {
  describe('Swagger UI in a browser', () => {
    test.skip('is not tested: there is no chromium on the PATH', () => undefined);
  });
} else {
  describe('Swagger UI in a browser', () => {
    const api = useApi(() => Promise.resolve({}));
    let browser: Browser;

    beforeAll(async () => {
      browser = await chromium.launch({ executablePath, args: FLAGS });
    });

    afterAll(() => browser.close());

    test('shows the gap by level to whoever executes the request as it is prefilled', async () => {
      const page = await browser.newPage({ viewport: { width: 1280, height: 1800 } });
      page.setDefaultTimeout(PATIENCE_MS);
      const hosts = new Set<string>();
      const complaints: string[] = [];
      page.on('request', (request) => hosts.add(new URL(request.url()).host));
      page.on('pageerror', (error) => complaints.push(error.message));
      page.on('console', (message) => {
        if (message.type() === 'error') complaints.push(message.text());
      });

      await page.goto(`${api.url}/docs`);
      const operation = page.locator('.opblock', {
        has: page.locator('[data-path="/api/v1/skill-gap-by-lvl"]'),
      });
      await operation.locator('.opblock-summary').click();
      await operation.getByRole('button', { name: 'Execute' }).click();
      const response = operation.locator('.live-responses-table tbody .response').first();
      await response.locator('.response-col_status', { hasText: '200' }).waitFor();
      const shown = await response.locator('.response-col_description').innerText();
      await page.screenshot({ path: SCREENSHOT });

      expect(shown).toContain('Equipment Maintenance');
      expect(shown).toContain('"to_proficiency_level": 2.25');
      expect([...hosts].filter(Boolean)).toEqual([new URL(api.url).host]);
      expect(complaints).toEqual([]);
    });

    test('offers every operation ready to be executed', async () => {
      const page = await browser.newPage();
      page.setDefaultTimeout(PATIENCE_MS);
      await page.goto(`${api.url}/docs`);
      await page.locator('.opblock').first().waitFor();
      const operations = await page.locator('.opblock').all();

      const outcomes: string[] = [];
      for (const operation of operations) {
        await operation.locator('.opblock-summary').click();
        await operation.getByRole('button', { name: 'Execute' }).click();
        const status = operation.locator('.live-responses-table tbody .response .response-col_status').first();
        const text = await status.innerText({ timeout: ANSWER_MS }).catch(() => 'no answer');
        const path = await operation.locator('[data-path]').getAttribute('data-path');
        outcomes.push(`${path ?? ''}: ${text.trim().split(/\n/)[0] ?? ''}`);
        // what is open slows down all that follows
        await operation.locator('.opblock-summary').click();
      }

      expect(outcomes.filter((outcome) => !outcome.endsWith(': 200'))).toEqual([]);
      expect(outcomes.length).toBeGreaterThanOrEqual(10);
    });
  });
}
