import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describeOnEveryDatabase } from '../support/databases';
import { AdminClient } from '../support/e2e/admin-client';
import { eventually } from '../support/e2e/eventually';
import { ADMIN_KEY, serving, type ServingApi, useProcesses } from '../support/e2e/processes';
import { BUSY_MS, moment, OCCUPATIONS } from '../support/faults/deployment';
import { SmallRelease } from '../support/release-folder';

const IMPORT_MS = 1500;
const MOMENTS = 5;

interface Listed {
  readonly version: string;
  readonly status: string;
  readonly active: boolean;
}

describeOnEveryDatabase('An api that is killed in the middle of an import it runs itself', (database) => {
  const processes = useProcesses();

  test(
    'goes on with it when it is started again, at whichever moment that was',
    async () => {
      const folder = await processes.folder();
      const root = await processes.folder();
      const first = await new SmallRelease({ rated: OCCUPATIONS }).writeFolder(join(root, '1.0'));
      const environment = { ONET_DATA_ROOT: root, ONET_DATA_DIR: first };
      // where there is no server, the file lies in the working folder, and so does the admin key
      const databaseUrl = database.engine === 'sqlite' ? 'sqlite:./.data/onet.sqlite' : await database.create();
      const start = async (): Promise<ServingApi> =>
        serving(await processes.launchApi({ folder, databaseUrl, environment }));
      for (let n = 0; n < MOMENTS; n++) {
        const version = `2.${n}`;
        await new SmallRelease({ rated: OCCUPATIONS, edition: n + 1 }).writeFolder(join(root, version));
        const killed = await start();
        const key =
          database.engine === 'sqlite' ? (await readFile(join(folder, '.data/admin-key'), 'utf8')).trim() : ADMIN_KEY;
        const id = await new AdminClient(killed.client, key).ingest({ source: 'directory', path: version });
        await moment(n, MOMENTS, IMPORT_MS);
        await killed.process.kill();

        const api = await start();
        const job = await new AdminClient(api.client, key).ended(id, BUSY_MS);
        expect([n, job.state]).toEqual([n, 'completed']);

        await eventually(
          'its release is served',
          async () => ((await api.client.get('/health/ready')).json() as { release: string }).release === version,
          3000,
        );
        const { items } = (await api.client.get('/api/v1/releases')).json() as { items: Listed[] };
        expect(items.filter(({ status }) => status !== 'ready' && status !== 'retired')).toEqual([]);
        expect(items.length).toBeLessThanOrEqual(3);
        await api.process.kill();
      }
    },
    MOMENTS * 2 * BUSY_MS,
  );
});
