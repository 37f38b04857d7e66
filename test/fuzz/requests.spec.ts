import { cp, mkdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { databaseContent } from '../support/database-content';
import { ADMIN, bearer } from '../support/e2e/admin-client';
import type { Contract } from '../support/e2e/contract';
import { eventually } from '../support/e2e/eventually';
import { heapInUse, heapReportedTo } from '../support/e2e/heap-in-use';
import { send } from '../support/e2e/http';
import { ADMIN_KEY } from '../support/e2e/processes';
import { readSample, SAMPLE_FOLDER } from '../support/e2e/sample';
import { Campaign } from '../support/fuzz/campaign';
import { coverageTable, neverSeen } from '../support/fuzz/coverage';
import { fuzzedRequests } from '../support/fuzz/fuzzed-requests';
import { logFaults } from '../support/fuzz/log-faults';
import { GeminiStub } from '../support/gemini/gemini-stub';
import { accessToLlm } from '../support/llm/access';
import { describeInEveryMode, type Installation } from '../support/modes';
import { StubServer } from '../support/stub-server';

/** To be set to what a run has printed, for the same requests once more. */
const SEED = Number(process.env['FUZZ_SEED'] ?? Date.now() % 1_000_000);
const REQUESTS = Number(process.env['FUZZ_REQUESTS'] ?? 20_000);
/** With more processes the same code answers; what differs is behind it. */
const DISTRIBUTED_SHARE = 0.1;
const CLIENT_KEY = 'the-client-key-of-the-tests';
const REFUSED_AGAIN = 2000;
/** What is kept for good, such as compiled code and caches that are bounded, is kept after the first requests. */
const WARM_UP = 0.2;
const MAX_GROWTH_BYTES = 40 * 1024 ** 2;
const JOBS_END_WITHIN_MS = 60_000;
const LONG_MS = 600_000;

/** Few enough that the LLM is soon asked nothing new, and that pairs come up again. */
const KNOWN_CODES = [...readSample().rated.slice(0, 5), '15-2051.00', '99-9999.99'];

describeInEveryMode(
  `Requests of which none was foreseen (FUZZ_SEED=${SEED})`,
  (mode) => {
    const count = mode.kind === 'embedded' ? REQUESTS : Math.ceil(REQUESTS * DISTRIBUTED_SHARE);
    const gemini = new GeminiStub();
    const downloads = new StubServer();
    const secrets = [ADMIN_KEY, CLIENT_KEY, gemini.key];
    let installation: Installation;
    let contract: Contract;
    let campaign: Campaign;
    let heap: { readonly warm: number; readonly end: number };

    beforeAll(async () => {
      await Promise.all([gemini.start(), downloads.start()]);
      // is never answered: there are jobs to cancel
      downloads.answer(() => undefined);
      const folder = await mode.processes.folder();
      const heapFile = join(folder, 'heap');
      installation = await mode.start({
        ...accessToLlm(gemini),
        API_KEYS: CLIENT_KEY,
        METRICS_KEYS: CLIENT_KEY,
        LLM_WAIT_MS: '300',
        LLM_DAILY_CALL_LIMIT: '100',
        LOG_FORMAT: 'json',
        ...heapReportedTo(heapFile),
        ONET_DATA_ROOT: await releasesToIngest(join(folder, 'releases')),
        ONET_DOWNLOAD_BASE_URL: downloads.url,
        RATE_LIMIT_PER_MINUTE: '0',
      });
      contract = await installation.api.client.contract();
      campaign = new Campaign({
        url: installation.api.url,
        contract,
        requests: fuzzedRequests({
          document: contract.document,
          known: { codes: KNOWN_CODES, paths: ['30.1', 'nothing', 'broken.zip'], releases: ['30.1', '30.2', '99.9'] },
          keys: { admin: ADMIN_KEY, client: CLIENT_KEY },
        }),
        seed: SEED,
        adminKey: ADMIN_KEY,
        hidden: { secrets, places: [process.cwd(), tmpdir()] },
      });
      await campaign.send(Math.ceil(count * WARM_UP));
      const warm = await heapInUse(installation.api.process, heapFile);
      await campaign.send(count - campaign.sent);
      heap = { warm, end: await heapInUse(installation.api.process, heapFile) };
    }, LONG_MS);

    afterAll(() => Promise.all([gemini.stop(), downloads.stop()]));

    test('are answered as documented, without an error of our own', () => {
      expect([...campaign.faults].map((fault) => fault.join(' '))).toEqual([]);
    });

    test('reach every operation, with success and with a refusal', () => {
      process.stdout.write(`${mode.kind}, FUZZ_SEED=${SEED}\n${coverageTable(campaign.outcomes)}\n`);

      expect(campaign.sent).toBe(count);
      expect(neverSeen(contract.document, campaign.outcomes)).toEqual([]);
    });

    test('leave no error, no stack and no secret in the log, and every line of it is JSON', () => {
      for (const { stdout, stderr } of [installation.api.process, installation.runner]) {
        expect(stderr).toBe('');
        expect(logFaults(stdout, secrets).slice(0, 10)).toEqual([]);
      }
    });

    test('leave nothing in the memory of the process that grows with them', () => {
      expect(heap.end - heap.warm).toBeLessThan(MAX_GROWTH_BYTES);
    });

    test('change nothing in the database where they are refused', async () => {
      await endAllJobs(installation);
      const before = await databaseContent(installation.options.databaseUrl);

      const refused = await campaign.sendRefusedAgain(REFUSED_AGAIN);

      expect(refused).toBeGreaterThan(0);
      expect(await databaseContent(installation.options.databaseUrl)).toEqual(before);
    });

    test('leave the process alive and well', async () => {
      const { client, process: api } = installation.api;

      expect(api.hasEnded).toBe(false);
      expect([(await client.get('/health')).status, (await client.get('/health/ready')).status]).toEqual([200, 200]);
    });
  },
  'block',
);

/** A release like the one that is served, so that it does not matter which is; and what is none. Returns the folder. */
async function releasesToIngest(root: string): Promise<string> {
  await mkdir(join(root, 'nothing'), { recursive: true });
  await cp(SAMPLE_FOLDER, join(root, '30.1'), { recursive: true });
  await writeFile(join(root, 'broken.zip'), 'PK no more');
  return root;
}

/** Cancels what is not done, and waits until nobody is at anything. */
async function endAllJobs({ api, query }: Installation): Promise<void> {
  const unfinished = (): Promise<{ id: string }[]> => query(`SELECT id FROM jobs WHERE state IN ('queued', 'active')`);
  const headers = bearer(ADMIN_KEY);
  for (const { id } of await unfinished()) {
    await send(api.url, { method: 'POST', path: `${ADMIN}/jobs/${id}/cancel`, headers });
  }
  await eventually('all jobs are over', async () => (await unfinished()).length === 0, JOBS_END_WITHIN_MS);
}
