import { SAMPLE_LABEL } from '@app/ingestion';
import { isRated, type ReleaseSnapshot } from '@app/occupations';

/** The pair that the documentation shows, too. */
const EXAMPLE_PAIR = ['11-1011.00', '11-3013.00'] as const;

/** What a person at the terminal should know once the process serves. */
export function welcome(snapshot: ReleaseSnapshot, url: string, adminKeyFile: string | null): string {
  const rated = snapshot.occupations.filter(isRated);
  const counts = `${snapshot.occupations.length} occupations, ${rated.length} of them rated on ${snapshot.skills.length} skills`;
  const sample = snapshot.release.label === SAMPLE_LABEL;
  const [from, to] = examplePair(rated.map(({ code }) => code));
  return [
    '',
    `onet-skill-gap serves O*NET release ${snapshot.release.version}: ${counts}.`,
    ...(sample
      ? [
          'This is the bundled sample. Load the whole release: npm run ingest -- --download 30.1',
          '  or, from a folder or .zip that you have:           npm run ingest -- --from <folder|zip>',
        ]
      : [`Loaded as "${snapshot.release.label}".`]),
    '',
    `Swagger UI   ${url}/docs`,
    ...(adminKeyFile === null ? [] : [`Admin key    ${adminKeyFile}`]),
    `Try          curl '${url}/api/v1/skill-gap-by-lvl?from=${from}&to=${to}'`,
    '',
  ].join('\n');
}

function examplePair(codes: readonly string[]): readonly [string, string] {
  if (EXAMPLE_PAIR.every((code) => codes.includes(code))) return EXAMPLE_PAIR;
  const [first = EXAMPLE_PAIR[0], second = first] = codes;
  return [first, second];
}
