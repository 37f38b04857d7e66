import { useProcesses } from '../support/e2e/processes';
import { eventually } from '../support/e2e/eventually';
import type { Ending } from '../support/e2e/built-process';
import { readSample } from '../support/e2e/sample';
import { useGeminiStub } from '../support/gemini/use-gemini-stub';
import { accessToLlm } from '../support/llm/access';
import { answered } from '../support/llm/answers';
import { llmGapPath } from '../support/llm/paths';

const sample = readSample();
const ASKED_WITHIN_MS = 20_000;
const ENDS_WITHIN_MS = 8000;
const DEVELOPERS = '15-1252.00';
const MANAGERS = '11-3013.00';

/** Cells of the rows of a table that begin with an element id. */
function skillRows(output: string): string[][] {
  return output
    .split('\n')
    .filter((line) => /^│ 2\.[AB]\./.test(line))
    .map((line) => line.slice(1, -1).split('│'))
    .map((cells) => cells.map((cell) => cell.trim()));
}

describe('The command line, with an LLM,', () => {
  const processes = useProcesses();
  const stub = useGeminiStub();

  const run = async (folder: string, args: readonly string[], more = {}): Promise<Ending> => {
    const ending = await processes.runCli(args, { folder, environment: { ...accessToLlm(stub), ...more } });
    expect(ending.stdout + ending.stderr).not.toContain(stub.key);
    expect(ending.stderr).not.toMatch(/^\s+at /m);
    return ending;
  };

  test('has an occupation assessed, shows its levels beside those of O*NET, and asks only once', async () => {
    const folder = await processes.folder();
    stub.setLevels(DEVELOPERS, { Science: null, Programming: 5.5 });

    const first = await run(folder, ['assess', DEVELOPERS]);
    const second = await run(folder, ['assess', DEVELOPERS]);

    expect([first.code, first.stderr, second.code, second.stderr]).toEqual([0, '', 0, '']);
    expect(first.stdout).toMatch(/^15-1252\.00 Software Developers\nO\*NET release 30\.1; /);
    expect(first.stdout).toContain(`By ${stub.modelVersion}, prompt assessment-1, `);
    const rows = skillRows(first.stdout);
    expect(rows.map(([id, name, level, , onet]) => [id, name, level, onet])).toEqual(
      [...sample.skills].map(([id, name]) => {
        const onet = Number(sample.rating(DEVELOPERS, id, 'LV')['Data Value']).toFixed(2);
        return [id, name, stub.levelOf(DEVELOPERS, name)?.toFixed(2) ?? '?', onet];
      }),
    );
    expect(first.stdout).toMatch(/rank correlation over the skills -?\d\.\d\d\.\n$/);
    expect(second.stdout).toBe(first.stdout.replace(/(, \d{4}-\S+Z)\n/, '$1 (stored; not asked again)\n'));
    expect(stub.requests).toHaveLength(1);

    // in the light of another occupation it is another question
    const inLight = await run(folder, ['assess', DEVELOPERS, '--from', MANAGERS]);
    const again = await run(folder, ['assess', DEVELOPERS]);

    expect([inLight.code, inLight.stderr]).toEqual([0, '']);
    expect(inLight.stdout).toMatch(/^15-1252\.00 Software Developers, for somebody from 11-3013\.00\n/);
    expect(again.stdout).toBe(second.stdout);
    expect(stub.requests).toHaveLength(2);
    expect(stub.requests[1]?.prompt).toContain('"from_occupation":{"onet_soc_code":"11-3013.00"');
  });

  test('reports how far the LLM is from O*NET, and what that has cost', async () => {
    const folder = await processes.folder();
    stub.setLevels(MANAGERS, { Science: null });
    stub.failNext({ kind: 'malformed' });
    await run(folder, ['assess', DEVELOPERS]);
    await run(folder, ['assess', MANAGERS]);

    const { code, stdout, stderr } = await run(folder, ['llm-report', '--price-prompt', '1000', '--price-reply', '0']);

    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toContain(`2 of 60 rated occupations of O*NET release 30.1 are assessed by ${stub.modelVersion}.\n`);
    expect(stdout).toContain('1 levels it could not say.');
    expect(stdout).toContain('3 replies, 33.3 % of them rejected; 0 calls without a reply.');
    const rows = skillRows(stdout);
    const expected = [...sample.skills].map(([id, name]) => {
      const differences = [DEVELOPERS, MANAGERS].flatMap((occupation) => {
        const level = stub.levelOf(occupation, name);
        return level === null ? [] : [level - Number(sample.rating(occupation, id, 'LV')['Data Value'])];
      });
      const bias = differences.reduce((sum, one) => sum + one, 0) / differences.length;
      return { id, levels: String(differences.length), bias: Math.abs(bias) };
    });
    expect(rows.map(([id, , levels, bias]) => [id, levels, Math.abs(Number(bias))])).toEqual(
      expected.map(({ id, levels, bias }) => [id, levels, expect.closeTo(bias, 1) as number]),
    );
    const [, tokens = '', dollars = ''] = /│ accepted +│ +2 │ +([\d,]+) │ +[\d,]+ │ +([\d.]+) │/.exec(stdout) ?? [];
    expect(Number(dollars)).toBeCloseTo(Number(tokens.replaceAll(',', '')) / 1000, 3);
  });

  test('shares with an api that serves what either has had assessed', async () => {
    const folder = await processes.folder();
    const api = await processes.startApi({ folder, environment: accessToLlm(stub) });
    await answered(api.client, llmGapPath(MANAGERS, MANAGERS));

    const stored = await run(folder, ['assess', MANAGERS]);
    await run(folder, ['assess', DEVELOPERS]);
    const gap = await answered(api.client, llmGapPath(DEVELOPERS, MANAGERS, 'false'));

    expect(stored.stdout).toContain('(stored; not asked again)');
    expect(gap.json()).toMatchObject({ assessment: 'llm', reason: null });
    expect(stub.requests).toHaveLength(2);
  });

  test('says in one sentence what is wrong, or that there is nothing', async () => {
    const folder = await processes.folder();
    const wrong = { GEMINI_API_KEY: 'not-the-key-of-the-stub' };
    const nothing = await run(folder, ['llm-report']);
    const fails: readonly (readonly [readonly string[], Readonly<Record<string, string>>, string])[] = [
      [['assess', DEVELOPERS], { GEMINI_API_KEY: '' }, 'The LLM is not configured: GEMINI_API_KEY is not set.\n'],
      [['assess'], {}, 'Give one O*NET-SOC code, such as: npm run assess -- 15-1252.00\n'],
      [['assess', DEVELOPERS, MANAGERS], {}, 'Give one O*NET-SOC code, such as: npm run assess -- 15-1252.00\n'],
      [['assess', 'Programmers'], {}, '"Programmers" is not an O*NET-SOC code such as 11-1011.00.\n'],
      [['assess', DEVELOPERS, '--from', 'x'], {}, '"x" is not an O*NET-SOC code such as 11-1011.00.\n'],
      [
        ['assess', '15-2051.00'],
        {},
        '"code": 15-2051.00 (Data Scientists) is listed in O*NET release 30.1 without skill ratings.\n',
      ],
      [
        ['llm-report', '--price-prompt', 'free'],
        {},
        '--price-prompt takes US dollars a million tokens, such as 0.30, not "free".\n',
      ],
      [
        ['assess', DEVELOPERS],
        wrong,
        'Gemini does not accept the key (HTTP 400: API key not valid. Please pass a valid API key).\n',
      ],
    ];

    expect([nothing.code, nothing.stdout]).toEqual([0, 'Nothing is assessed yet. Try: npm run assess -- 15-1252.00\n']);
    const endings = [];
    for (const [args, more] of fails) endings.push(await run(folder, args, more));

    expect(endings.map(({ code, stdout, stderr }) => [code, stdout, stderr])).toEqual(
      fails.map(([, , sentence]) => [1, '', sentence]),
    );
    for (const { stderr } of endings) expect(stderr).not.toContain(wrong.GEMINI_API_KEY);
    expect(stub.requests).toHaveLength(1);
  });

  test('ends at once when it is interrupted, and a later one can ask anew', async () => {
    const folder = await processes.folder();
    stub.failNext({ kind: 'hang' });
    const launched = await processes.launchCli(['assess', DEVELOPERS], { folder, environment: accessToLlm(stub) });
    await eventually('the LLM is asked', () => Promise.resolve(stub.requests.length > 0), ASKED_WITHIN_MS);

    launched.send('SIGINT');
    const ending = await launched.end(ENDS_WITHIN_MS);
    const next = await run(folder, ['assess', DEVELOPERS]);

    expect([ending.code, ending.stdout, ending.stderr]).toEqual([1, '', 'Interrupted.\n']);
    expect([next.code, next.stderr]).toEqual([0, '']);
    expect(stub.requests).toHaveLength(2);
  });
});
