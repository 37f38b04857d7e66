import { join } from 'node:path';
import { describeOnEveryDatabase } from '../support/databases';
import { useGeminiStub } from '../support/gemini/use-gemini-stub';
import type { IngestionApp } from '../support/ingestion-app';
import { llmGap, useLlmApps } from '../support/llm-app';
import { codeOf, SmallRelease } from '../support/release-folder';
import { useTemporaryFolder } from '../support/temporary-folder';

const [FROM, TO] = [codeOf(0), codeOf(1)];

describeOnEveryDatabase('Many who ask the LLM for the same gap', (database) => {
  const folder = useTemporaryFolder();
  const apps = useLlmApps();
  const stub = useGeminiStub();
  let url: string;
  let app: IngestionApp;

  beforeEach(async () => {
    stub.setLevels(FROM, { Programming: 1 });
    stub.setLevels(TO, { Programming: 6 });
    url = await database.create();
    app = await apps.open(url, stub);
    await app.ingest(await new SmallRelease({ rated: 4 }).writeFolder(join(folder.path, '1.0')));
  });

  const ask = async (processes: readonly IngestionApp[], times = 20): Promise<void> => {
    const gaps = await Promise.all(
      Array.from({ length: times }, (_, index) => llmGap(processes[index % processes.length]!, FROM, TO)),
    );
    const [first, ...others] = gaps;
    expect(first?.descriptions?.texts.size).toBeGreaterThan(0);
    for (const other of others) expect(other).toEqual(first);
    expect([FROM, TO].map((code) => stub.assessmentsOf(code).length)).toEqual([1, 1]);
    expect(stub.countOf(({ kind }) => kind === 'gap')).toBe(1);
  };

  test('have it asked once', async () => {
    stub.latencyMs = 20;

    await ask([app]);
  });

  test('have it asked once in all processes together', async () => {
    stub.latencyMs = 20;
    const other = await apps.open(url, stub);
    await other.snapshots.refresh();

    await ask([app, other]);
  });

  test('have it asked once though its first reply is of no use', async () => {
    stub.failOn(({ code }) => code === TO, { kind: 'malformed' }, 1);

    const gaps = await Promise.all(Array.from({ length: 10 }, () => llmGap(app, FROM, TO)));

    expect(gaps).toHaveLength(10);
    expect([FROM, TO].map((code) => stub.assessmentsOf(code).length)).toEqual([1, 2]);
    expect(stub.countOf(({ kind }) => kind === 'gap')).toBe(1);
  });
});
