import { parseArgs } from 'node:util';
import { StubError } from './stub-error';

/**
 * The options of a command line and their values.
 *
 * @param names those that there are, each with a value
 * @throws StubError for any other, and for one without a value
 */
export function givenOptions<Name extends string>(
  args: readonly string[],
  names: readonly Name[],
): ReadonlyMap<Name, string> {
  const { tokens } = parseArgs({
    args: [...args],
    options: Object.fromEntries(names.map((name) => [name, { type: 'string' as const }])),
    // the sentences of parseArgs itself are for developers
    strict: false,
    tokens: true,
  });
  const given = new Map<Name, string>();
  for (const token of tokens) {
    if (token.kind === 'option-terminator') continue;
    if (token.kind === 'positional') throw new StubError(`The argument "${token.value}" belongs to no option.`);
    const known = names.find((name) => name === token.name);
    if (known === undefined) {
      const all = names.map((name) => `--${name}`).join(', ');
      throw new StubError(`The option ${token.rawName} is unknown; the options are ${all}.`);
    }
    if (token.value === undefined || token.value === '') {
      throw new StubError(`The option ${token.rawName} needs a value.`);
    }
    given.set(known, token.value);
  }
  return given;
}

/** @throws StubError for anything but a whole number from 0 to `max` */
export function wholeNumber(name: string, text: string, max: number): number {
  if (/^\d{1,9}$/.test(text) && Number(text) <= max) return Number(text);
  throw new StubError(`The option --${name} takes a whole number from 0 to ${max}, not "${text}".`);
}
