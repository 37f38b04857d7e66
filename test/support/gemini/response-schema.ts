import { type FieldViolation, InvalidArgument } from './google-errors';
import { isObject, type JsonObject } from './json';

const TYPES = ['STRING', 'NUMBER', 'INTEGER', 'BOOLEAN', 'ARRAY', 'OBJECT'] as const;
const TEXTS = ['format', 'title', 'description', 'pattern'];
const NUMBERS = ['minimum', 'maximum', 'minItems', 'maxItems', 'minLength', 'maxLength'];
const LISTS = ['enum', 'required', 'propertyOrdering'];
// anyOf is Gemini's too, but what a reply makes of it cannot be told from the schema alone
const KEYWORDS = ['type', 'nullable', 'properties', 'items', 'default', 'example', ...TEXTS, ...NUMBERS, ...LISTS];

const STRING_FORMATS = ['enum', 'date-time'];

/** Gemini's subset of an OpenAPI schema, as far as replies depend on it. */
export interface ResponseSchema {
  readonly type: (typeof TYPES)[number];
  readonly format?: string;
  readonly nullable?: boolean;
  readonly enum?: readonly string[];
  readonly properties?: Readonly<Record<string, ResponseSchema>>;
  readonly required?: readonly string[];
  readonly propertyOrdering?: readonly string[];
  readonly items?: ResponseSchema;
  readonly minItems?: number;
  readonly minimum?: number;
  readonly maximum?: number;
}

/**
 * @param field where it stands in the request
 * @throws InvalidArgument for what Gemini refuses: unknown keywords and types, and types that contradict their keywords
 */
export function parseResponseSchema(raw: unknown, field: string): ResponseSchema {
  const unreadable = payloadViolations(raw, field);
  if (unreadable.length > 0) throw InvalidArgument.payload(unreadable);
  const schema = normalised(raw as JsonObject);
  const senseless = contradictions(schema, field);
  if (senseless.length > 0) throw InvalidArgument.request(senseless);
  return schema;
}

function payloadViolations(raw: unknown, field: string): FieldViolation[] {
  if (!isObject(raw)) return [invalidValue(field, 'Schema', raw)];
  const found: FieldViolation[] = [];
  for (const [keyword, value] of Object.entries(raw)) {
    const path = `${field}.${snakeCase(keyword)}`;
    if (!KEYWORDS.includes(keyword)) {
      found.push({ field, description: unknownName(keyword, field, 'Cannot find field.') });
    } else if (Array.isArray(value) && !LISTS.includes(keyword)) {
      found.push({
        field,
        description: unknownName(keyword, field, 'Proto field is not repeating, cannot start list.'),
      });
    } else if (keyword === 'type' && typeOf(value) === undefined) {
      found.push(invalidValue(path, 'Type', value));
    } else if (keyword === 'items') {
      found.push(...payloadViolations(value, path));
    } else if (keyword === 'properties' && isObject(value)) {
      const schemas = Object.values(value);
      found.push(...schemas.flatMap((schema, index) => payloadViolations(schema, `${path}[${index}].value`)));
    } else if (!hasItsType(keyword, value)) {
      found.push(invalidValue(path, 'Schema', value));
    }
  }
  return found;
}

export function unknownName(name: string, field: string, reason: string): string {
  const place = field === '' ? '' : ` at '${field}'`;
  return `Invalid JSON payload received. Unknown name "${name}"${place}: ${reason}`;
}

export function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

function invalidValue(field: string, message: string, value: unknown): FieldViolation {
  const type = `type.googleapis.com/google.ai.generativelanguage.v1beta.${message}`;
  return { field, description: `Invalid value at '${field}' (${type}), ${JSON.stringify(value)}` };
}

function hasItsType(keyword: string, value: unknown): boolean {
  if (TEXTS.includes(keyword)) return typeof value === 'string';
  if (NUMBERS.includes(keyword)) return typeof value === 'number';
  if (LISTS.includes(keyword)) return Array.isArray(value) && value.every((item) => typeof item === 'string');
  if (keyword === 'nullable') return typeof value === 'boolean';
  return keyword !== 'properties';
}

function typeOf(value: unknown): ResponseSchema['type'] | undefined {
  return typeof value === 'string' ? TYPES.find((type) => type === value.toUpperCase()) : undefined;
}

/** Upper case for types; the rest has its type already, but for a type that is missing. */
function normalised(raw: JsonObject): ResponseSchema {
  const { type, properties, items, ...others } = raw;
  const nested = (schema: unknown): ResponseSchema => normalised(schema as JsonObject);
  return {
    ...others,
    type: typeOf(type),
    ...(isObject(properties) && {
      properties: Object.fromEntries(Object.entries(properties).map(([name, schema]) => [name, nested(schema)])),
    }),
    ...(items !== undefined && { items: nested(items) }),
  } as ResponseSchema;
}

function contradictions(schema: ResponseSchema, field: string): FieldViolation[] {
  const { type, format, properties = {}, items, required = [], propertyOrdering = [] } = schema;
  const found: FieldViolation[] = [];
  const add = (keyword: string, description: string): void => {
    found.push({ field: `${field}.${keyword}`, description });
  };
  if (!TYPES.includes(type)) add('type', 'must be specified');
  if (type === 'OBJECT' && Object.keys(properties).length === 0) {
    add('properties', 'should be non-empty for OBJECT type');
  }
  if (type !== 'OBJECT' && schema.properties !== undefined) add('properties', 'only allowed for OBJECT type');
  if (type === 'ARRAY' && items === undefined) add('items', 'missing field.');
  if (type !== 'ARRAY' && items !== undefined) add('items', 'only allowed for ARRAY type');
  if (type !== 'STRING' && schema.enum !== undefined) add('enum', 'only allowed for STRING type');
  schema.enum?.forEach((value, index) => {
    if (value === '') add(`enum[${index}]`, 'cannot be empty');
  });
  if (type === 'STRING' && format !== undefined && !STRING_FORMATS.includes(format)) {
    add('format', `only ${STRING_FORMATS.join(' and ')} are supported for STRING type`);
  }
  required.forEach((name, index) => {
    if (!Object.hasOwn(properties, name)) add(`required[${index}]`, 'property is not defined');
  });
  propertyOrdering.forEach((name, index) => {
    if (!Object.hasOwn(properties, name)) add(`property_ordering[${index}]`, 'property is not defined');
  });
  for (const [name, property] of Object.entries(properties)) {
    found.push(...contradictions(property, `${field}.properties[${name}]`));
  }
  if (items !== undefined) found.push(...contradictions(items, `${field}.items`));
  return found;
}
