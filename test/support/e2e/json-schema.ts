import type { AnySchemaObject } from 'ajv';

/** Part of an OpenAPI document that is not looked at more closely. */
export type Json = Readonly<Record<string, unknown>>;

export function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const COMPONENT = '#/components/schemas/';

// the discriminator only helps to choose among what oneOf says in full
const ANNOTATIONS = new Set([
  'discriminator',
  'description',
  'title',
  'example',
  'examples',
  'deprecated',
  'externalDocs',
  'xml',
]);
const LISTS_OF_SCHEMAS = ['allOf', 'anyOf', 'oneOf'];

/**
 * A schema of an OpenAPI 3.0 document as a closed JSON schema: what it does not document is an error.
 *
 * @throws Error where it says so little that anything would fit
 */
export function toClosedSchema(schema: Json): AnySchemaObject {
  const isFree = schema['additionalProperties'] === true;
  if (schema['type'] === 'object' && schema['properties'] === undefined && !isFree) {
    throw new Error(`An object without documented properties: ${JSON.stringify(schema)}`);
  }
  if (Array.isArray(schema['allOf']) && schema['allOf'].length > 1) {
    throw new Error('Schemas that are put together from several need unevaluatedProperties to be closed');
  }
  const closed: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(schema)) {
    if (ANNOTATIONS.has(key)) continue;
    if (key === '$ref') closed[key] = componentName(String(value));
    else if (key === 'properties') closed[key] = mapValues(value as Record<string, Json>, toClosedSchema);
    else if (key === 'items') closed[key] = toClosedSchema(value as Json);
    else if (LISTS_OF_SCHEMAS.includes(key)) closed[key] = (value as Json[]).map(toClosedSchema);
    else closed[key] = value;
  }
  if (closed['properties'] !== undefined) closed['additionalProperties'] ??= false;
  return closed;
}

/** The validator knows the schemas of the document by their names. */
function componentName(reference: string): string {
  if (!reference.startsWith(COMPONENT)) throw new Error(`A reference to something else than a schema: ${reference}`);
  return reference.slice(COMPONENT.length);
}

function mapValues<A, B>(record: Readonly<Record<string, A>>, change: (value: A) => B): Record<string, B> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)]));
}
