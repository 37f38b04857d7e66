import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { describeOnEveryServer } from '../support/databases';
import { AdminClient } from '../support/e2e/admin-client';
import { complaintsOf, findBrowser, startBrowser } from '../support/e2e/browser';
import { ADMIN_KEY, useProcesses } from '../support/e2e/processes';
import { describeWithRedis, useRedis } from '../support/redis';
import { SmallRelease } from '../support/release-folder';

const PATIENCE_MS = 15_000;
const LONG_MS = 120_000;
const executablePath = findBrowser();

if (executablePath === undefined) {
  describe('The dashboard of the queues in a browser', () => {
    test.skip('is not tested: there is no chromium on the PATH', () => undefined);
  });
} else {
  describeWithRedis('The dashboard of the queues', () => {
    describeOnEveryServer('in a browser', (database) => {
      const processes = useProcesses();
      const redis = useRedis();
      let browser: Browser;

      beforeAll(async () => {
        browser = await startBrowser(executablePath);
      });

      afterAll(() => browser.close());

      test(
        'shows a job that waits, asks nobody but the api for anything, and complains of nothing',
        async () => {
          const root = await processes.folder();
          const first = await new SmallRelease().writeFolder(join(root, '30.1'));
          const { url: redisUrl } = await redis.start();
          const environment = { REDIS_URL: redisUrl, ONET_DATA_ROOT: root, ONET_DATA_DIR: first };
          const api = await processes.startApi({ databaseUrl: await database.create(), environment });
          await new AdminClient(api.client).ingest({ source: 'directory', path: '30.1' });
          const context = await browser.newContext({ httpCredentials: { username: 'admin', password: ADMIN_KEY } });
          const page = await context.newPage();
          page.setDefaultTimeout(PATIENCE_MS);
          const complaints = complaintsOf(page);
          const hosts = new Set<string>();
          page.on('request', (request) => hosts.add(new URL(request.url()).host));

          await page.goto(`${api.url}/admin/queues/`);
          await page
            .getByRole('link', { name: /ingestion/i })
            .first()
            .click();
          await page.getByText('import-release').first().waitFor();

          expect([...hosts].filter(Boolean)).toEqual([new URL(api.url).host]);
          expect(complaints).toEqual([]);
        },
        LONG_MS,
      );
    });
  });
}
