import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ENVIRONMENT_SPECS } from './environment';

const ROOT = join(__dirname, '..', '..', '..');

/** What a pattern with one group finds, line by line, in a file at the root of the repository. */
function namesIn(file: string, pattern: RegExp): string[] {
  const lines = readFileSync(join(ROOT, file), 'utf8').split('\n');
  return lines.flatMap((line) => pattern.exec(line)?.[1] ?? []).sort();
}

describe('the documentation of the environment', () => {
  const known = Object.keys(ENVIRONMENT_SPECS).sort();

  it('has every variable in .env.example, once, and no other', () => {
    expect(namesIn('.env.example', /^(?:# ?)?([A-Z][A-Z0-9_]*)=/)).toEqual(known);
  });

  it("has every variable in README.md's table, once, and no other", () => {
    expect(namesIn('README.md', /^\| `([A-Z][A-Z0-9_]*)`/)).toEqual(known);
  });
});
