import { registerDecorator, type ValidationArguments } from 'class-validator';
import { isOnetSocCode } from '@app/common';

const MAX_SHOWN = 40;

/** The parameter must be one O*NET-SOC code. */
export function IsOnetSocCodeParameter(example: string): PropertyDecorator {
  return parameterRule('isOnetSocCode', isOnetSocCode, mustBe(`an O*NET-SOC code such as ${example}`));
}

/** The parameter must be a whole number from `minimum` to `maximum`; digits become a number. */
export function IsWholeNumberParameter(minimum: number, maximum: number): PropertyDecorator {
  const rule = parameterRule(
    'isWholeNumber',
    (value) => typeof value === 'number' && value >= minimum && value <= maximum,
    mustBe(`a whole number from ${minimum} to ${maximum}`),
  );
  return (target, property) => {
    rule(target, property);
    WHOLE_NUMBERS.set(target.constructor, [...(WHOLE_NUMBERS.get(target.constructor) ?? []), String(property)]);
  };
}

const WHOLE_NUMBERS = new Map<unknown, readonly string[]>();

/** Names of the parameters of a DTO, or of what it extends, that are whole numbers. */
export function wholeNumberParameters(dto: unknown): readonly string[] {
  if (typeof dto !== 'function') return [];
  return [...(WHOLE_NUMBERS.get(dto) ?? []), ...wholeNumberParameters(Object.getPrototypeOf(dto))];
}

/** Digits as a number; anything else as it is, for the rule to refuse it. */
export function parseWholeNumber(value: unknown): unknown {
  return typeof value === 'string' && /^\d{1,9}$/.test(value) ? Number(value) : value;
}

/** The parameter must be text of at most `maxLength` characters. */
export function IsTextParameter(maxLength: number): PropertyDecorator {
  return parameterRule(
    'isText',
    (value) => typeof value === 'string' && value.length <= maxLength,
    mustBe(`text of at most ${maxLength} characters`),
  );
}

/** The parameter, where it is given, must be one of a few words. */
export function IsOneOfParameter(choices: readonly string[]): PropertyDecorator {
  return parameterRule(
    'isOneOf',
    (value) => value === undefined || (typeof value === 'string' && choices.includes(value)),
    mustBe(`one of ${choices.join(', ')}`),
  );
}

/** The parameter must be a UUID. */
export function IsUuidParameter(): PropertyDecorator {
  return parameterRule(
    'isUuid',
    (value) => typeof value === 'string' && UUID_PATTERN.test(value),
    mustBe('a UUID such as 3f0c8a52-6f0e-4d4e-9d0a-2b8f6c1d7e90'),
  );
}

/** Form of the ids of jobs. */
export const UUID_PATTERN = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** The parameter must match a pattern; where it is `optional`, only if it is given. */
export function MatchesParameter(
  pattern: RegExp,
  wanted: string,
  { optional = false }: { readonly optional?: boolean } = {},
): PropertyDecorator {
  return parameterRule(
    'matchesPattern',
    (value) => (optional && value === undefined) || (typeof value === 'string' && pattern.test(value)),
    mustBe(wanted),
  );
}

/** The field of a body, where it is given, must be a list of 1 to `maxLength` O*NET-SOC codes. */
export function IsOnetSocCodeListParameter(maxLength: number): PropertyDecorator {
  const rule = parameterRule(
    'isOnetSocCodeList',
    (value) =>
      value === undefined ||
      (Array.isArray(value) && value.length > 0 && value.length <= maxLength && value.every(isOnetSocCode)),
    (context) => listMessage(context?.property ?? '', context?.value, maxLength),
  );
  return (target, property) => {
    rule(target, property);
    LISTS.set(target.constructor, [...(LISTS.get(target.constructor) ?? []), String(property)]);
  };
}

const LISTS = new Map<unknown, readonly string[]>();

/** Names of the fields of a DTO, or of what it extends, that are lists. */
export function listParameters(dto: unknown): readonly string[] {
  if (typeof dto !== 'function') return [];
  return [...(LISTS.get(dto) ?? []), ...listParameters(Object.getPrototypeOf(dto))];
}

function listMessage(property: string, value: unknown, maxLength: number): string {
  const wanted = `a list of 1 to ${maxLength} O*NET-SOC codes such as 11-1011.00`;
  if (!Array.isArray(value)) return `"${property}" must be ${wanted}, not "${shown(value)}"`;
  const wrong: unknown = value.find((code) => !isOnetSocCode(code));
  if (wrong === undefined) return `"${property}" must be ${wanted}, not one of ${value.length}`;
  return `"${property}" must be ${wanted}; "${shown(wrong)}" is none`;
}

/** The parameter, where it is given, must be true or false. */
export function IsBooleanParameter(): PropertyDecorator {
  return parameterRule(
    'isBoolean',
    (value) => value === undefined || typeof value === 'boolean',
    mustBe('true or false'),
  );
}

type Message = (context: ValidationArguments | undefined) => string;

function parameterRule(name: string, check: (value: unknown) => boolean, message: Message): PropertyDecorator {
  return (target, property) => {
    registerDecorator({
      name,
      target: target.constructor,
      propertyName: String(property),
      validator: { validate: check, defaultMessage: message },
    });
  };
}

/** Says what was wrong with the value, and what would be right. */
function mustBe(wanted: string): Message {
  return (context) => {
    const name = `"${context?.property ?? ''}"`;
    const value: unknown = context?.value;
    if (value === undefined) return `${name} is missing: give ${wanted}`;
    if (Array.isArray(value)) return `${name} is given ${value.length} times: give it once, ${wanted}`;
    return `${name} must be ${wanted}, not "${shown(value)}"`;
  };
}

/** Parameters are text, or numbers once they were parsed. */
function shown(value: unknown): string {
  if (typeof value === 'number' || typeof value === 'boolean' || value === null) return String(value);
  if (typeof value !== 'string') return '…';
  return value.length > MAX_SHOWN ? `${value.slice(0, MAX_SHOWN)}…` : value;
}
