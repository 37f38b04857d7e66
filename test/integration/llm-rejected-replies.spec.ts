import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeOnEveryDatabase } from '../support/databases';
import type { Fault } from '../support/gemini/faults';
import { GeminiStub } from '../support/gemini/gemini-stub';
import type { IngestionApp } from '../support/ingestion-app';
import { assess, openLlmApp, recordedCalls } from '../support/llm-app';
import { codeOf, SmallRelease } from '../support/release-folder';
import {
  descriptionContradictingLevel,
  duplicateSkill,
  extraProperty,
  inventedSkill,
  levelAsText,
  levelOutOfRange,
  longExplanation,
  missingSkill,
  wrongCode,
  type ReplyChange,
} from '../support/gemini/reply-changes';

const changed = (change: ReplyChange): Fault => ({ kind: 'reply', change });

/** What a reply can be that is of no use, and what is said of it. */
const USELESS: [string, Fault, RegExp][] = [
  ['no JSON', { kind: 'malformed' }, /^The reply is no JSON\.$/],
  ['JSON in Markdown', { kind: 'fenced' }, /^The reply is no JSON\.$/],
  ['cut off', { kind: 'truncated' }, /cut off at the limit of its length/],
  ['empty', { kind: 'empty' }, /^The reply is empty\.$/],
  ['blocked', { kind: 'blocked' }, /^The prompt was blocked \(SAFETY\)\.$/],
  ['stopped for safety', { kind: 'safety' }, /^The reply was ended \(SAFETY\)\.$/],
  ['without one of the skills', changed(missingSkill()), /must NOT have fewer than 4 items/],
  ['with an invented skill', changed(inventedSkill('Juggling')), /must NOT have more than 4 items/],
  ['with a skill twice', changed(duplicateSkill), /must NOT have more than 4 items/],
  ['with a level of 7.5', changed(levelOutOfRange(7.5)), /level must be <= 7/],
  ['with a level of -1', changed(levelOutOfRange(-1)), /level must be >= 0/],
  ['with a level as text', changed(levelAsText), /level must be number,null/],
  ['about another occupation', changed(wrongCode), /llm_onet_soc_code must be equal to one of the allowed values/],
  ['with more than was asked for', changed(extraProperty), /additional properties \("llm_confidence"\)/],
  ['with an endless explanation', changed(longExplanation(1001)), /must NOT have more than 1000 characters/],
  ['longer than what can be kept', changed(longExplanation(70_000)), /^The reply is too long: \d+ bytes/],
  ['in contradiction to itself', changed(descriptionContradictingLevel), /level 0, which "Expert" contradicts/],
];

describeOnEveryDatabase('A reply of the LLM that is', (database) => {
  const stub = new GeminiStub();
  let folder: string;
  let app: IngestionApp;

  // one process for all cases: each is about an occupation of its own
  beforeAll(async () => {
    await stub.start();
    app = await openLlmApp(await database.create(), stub);
    folder = await mkdtemp(join(tmpdir(), 'onet-test-'));
    const release = new SmallRelease({ rated: USELESS.length, texts: true });
    await app.ingest(await release.writeFolder(folder));
  });

  beforeEach(() => {
    stub.reset();
  });

  afterAll(async () => {
    await app.close();
    await stub.stop();
    await rm(folder, { recursive: true, force: true });
  });

  const cases = USELESS.map(([what, fault, reason], index) => [what, codeOf(index), fault, reason] as const);

  test.each(cases)('%s is on record with the reason, and nothing of it is used', async (_, code, fault, reason) => {
    stub.failWhile(fault);

    const job = await assess(app, code);

    expect(job).toMatchObject({ state: 'failed', attempt: 1, errorCode: 'LLM_REPLY_REJECTED' });
    const calls = (await recordedCalls(app)).filter(({ onetsoc_code: of }) => of === code);
    const rejected = { outcome: 'rejected', reason: expect.stringMatching(reason) as string, job_id: job.id };
    expect(calls).toMatchObject([rejected, rejected, rejected]);
    expect(job.errorDetail).toContain(calls[2]?.reason?.slice(0, -1));
    expect(stub.requests).toHaveLength(3);
    expect(await app.count('llm_skill_assessments')).toBe(0);
    if (fault.kind === 'reply') expect(calls[0]?.reply).toMatch(/^\{[^]{300}/);
  });
});
