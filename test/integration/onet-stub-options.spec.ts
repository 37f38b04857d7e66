import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { OnetStub } from '../support/onet-web-services/onet-stub';
import { ask, askPages, askRows, headersFor } from '../support/onet-web-services/raw-client';
import { useOnetStub } from '../support/onet-web-services/use-onet-stub';
import { codeOf, SmallRelease } from '../support/release-folder';

/** Beside the project, since the data are O*NET's and not part of it. */
const REAL_RELEASE = join(__dirname, '../../../shared/onet/30.1');

const UNRATED = codeOf(10);

const key = (row: Readonly<Record<string, unknown>>): string =>
  [row['onetsoc_code'], row['element_id'], row['scale_id']].join(' ');

describe('The stub of the O*NET Web Services', () => {
  describe('with a release of two skill files', () => {
    const stub = useOnetStub({ release: new SmallRelease({ layout: 'two skill files' }) });

    test('has a table of essential and one of transferable skills', async () => {
      const elements = async (table: string): Promise<unknown[]> =>
        (await askRows(stub, 'v2', `${table}?end=4`)).row.map((row) => row['element_id']);

      expect(await elements('essential_skills')).toEqual(['2.A.1.a', '2.A.1.a', '2.A.1.b', '2.A.1.b']);
      expect(await elements('transferable_skills')).toEqual(['2.B.1.a', '2.B.1.a', '2.B.3.e', '2.B.3.e']);
      expect((await ask(stub, 'v2', '/database/rows/skills')).status).toBe(404);
    });
  });

  test.each([
    ['one skill file', 'two', 40],
    ['two skill files', 'one', 80],
  ] as const)('serves a release of %s in layout %s when told to', async (layout, wanted, ratings) => {
    const stub = OnetStub.fromRelease(new SmallRelease({ layout }), { layout: wanted });
    await stub.start();
    try {
      const { total, row } = await askRows(stub, 'v2', wanted === 'one' ? 'skills' : 'essential_skills');

      expect([total, key(row[2]!)]).toEqual([ratings, `${codeOf(0)} 2.A.1.b IM`]);
      expect(key(row[4]!)).toBe(wanted === 'one' ? `${codeOf(0)} 2.B.1.a IM` : `${codeOf(1)} 2.A.1.a IM`);
    } finally {
      await stub.stop();
    }
  });

  describe('told to answer without rows, and to refuse with 403', () => {
    const stub = useOnetStub({ noData: 'empty', refusal: 403 });

    test('gives a page without rows for an occupation that has none', async () => {
      expect(await askRows(stub, 'v2', `skills?filter=onetsoc_code.eq.${UNRATED}`)).toEqual({
        start: 1,
        end: 0,
        total: 0,
        row: [],
      });
    });

    test('refuses wrong credentials with 403', async () => {
      expect((await ask(stub, 'v2', '/database', {})).status).toBe(403);
      expect((await ask(stub, 'v1.9', '/database', {})).status).toBe(403);
    });
  });

  describe('that allows three requests a second', () => {
    const stub = useOnetStub({ requestsPerSecond: 3 });

    test('answers the fourth with 429', async () => {
      const statuses: number[] = [];
      for (let i = 0; i < 4; i++) statuses.push((await ask(stub, 'v2', '/database')).status);

      expect(statuses).toEqual([200, 200, 200, 429]);
      expect(stub.maxRequestsInAnySecond()).toBe(4);
    });
  });

  describe('of version 1.9', () => {
    const stub = useOnetStub();

    test('answers with XML whoever does not ask for JSON', async () => {
      const { authorization = '' } = headersFor(stub, 'v1.9');

      const response = await ask(stub, 'v1.9', '/database', { authorization });

      expect(response.headers.get('content-type')).toBe('application/xml; charset=utf-8');
      expect(await response.text()).toMatch(/^<\?xml /);
    });
  });

  const missing = !existsSync(REAL_RELEASE);
  (missing ? test.skip : test)(
    `serves a whole release of O*NET${missing ? ' (skipped: ../shared/onet lacks 30.1)' : ''}`,
    async () => {
      const stub = await OnetStub.fromFolder(REAL_RELEASE);
      await stub.start();
      try {
        const pages = await askPages(stub, 'v2', 'skills?end=2000');
        const keys = pages.flatMap((page) => page.row).map(key);
        const developers = await askRows(stub, 'v2', 'skills?end=2000&filter=onetsoc_code.eq.15-1252.00');

        expect([pages.length, keys.length, new Set(keys).size]).toEqual([32, 62_580, 62_580]);
        expect(keys).toEqual([...keys].sort());
        expect(developers.total).toBe(70);
      } finally {
        await stub.stop();
      }
    },
  );
});
