import { readFileSync } from 'node:fs';
import { createConfig, lintFromString } from '@redocly/openapi-core';

/** What the linter has to say about one place of a document. */
export interface LintFinding {
  readonly severity: string;
  readonly rule: string;
  /** JSON pointer. */
  readonly place: string;
  readonly message: string;
}

/** Beyond the recommended ones: rules that keep the document useful for people. */
const RULES = {
  'no-required-schema-properties-undefined': 'error',
  'operation-tag-defined': 'error',
  'parameter-description': 'error',
  'paths-kebab-case': 'error',
  'tag-description': 'error',
} as const;

/**
 * A program of its own, since the linter is an ES module: reads a document from the standard input and writes the
 * findings as JSON to the standard output.
 */
async function main(): Promise<void> {
  const config = await createConfig({ extends: ['recommended'], rules: RULES });
  const problems = await lintFromString({
    source: readFileSync(0, 'utf8'),
    absoluteRef: 'openapi.json',
    config,
  });
  const findings = problems.map(({ severity, ruleId, location, message }): LintFinding => ({
    severity,
    rule: ruleId,
    place: location[0]?.pointer ?? '#/',
    message,
  }));
  process.stdout.write(JSON.stringify(findings));
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
