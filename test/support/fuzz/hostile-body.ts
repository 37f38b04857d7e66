import fc from 'fast-check';
import { isObject, type Json } from '../e2e/json-schema';
import { bytesOf, hostileName, hostileText } from './hostile-text';

/** What values of a request may be, beyond what the document says of them. */
export interface KnownValues {
  /** Codes of occupations, rated and not rated. */
  readonly codes: readonly string[];
  /** Folders and archives that an ingestion may be asked for. */
  readonly paths: readonly string[];
  readonly releases: readonly string[];
}

const BODY_LIMIT = 64 * 1024;

const numbers = fc.constantFrom('1e999', '-0', '9007199254740993', '9'.repeat(400), '0.1', '-1', '1E400', '0x10', '01');
const deep = fc
  .record({ levels: fc.constantFrom(20, 500, 9000, 30_000), isList: fc.boolean(), isClosed: fc.boolean() })
  .map(({ levels, isList, isClosed }) => {
    const [open, close] = isList ? ['[', ']'] : ['{"a":', '}'];
    return open.repeat(levels) + (isClosed ? `1${close.repeat(levels)}` : '');
  });

/** A value as JSON, or nearly so. */
const hostileValue: fc.Arbitrary<string> = fc.oneof(
  { weight: 4, arbitrary: hostileText.map((text) => JSON.stringify(text)) },
  { weight: 3, arbitrary: fc.constantFrom('null', 'true', 'false', '[]', '{}', '""', '[null]', '{"$ne":null}') },
  { weight: 2, arbitrary: numbers },
  { weight: 2, arbitrary: fc.constantFrom('{"__proto__":{"a":1}}', '["11-1011.00"]', '{"length":1e9}') },
  { weight: 1, arbitrary: deep },
  { weight: 1, arbitrary: fc.json() },
);

/** What is no JSON of an object at all. */
const hostileDocument: fc.Arbitrary<string> = fc
  .oneof(
    hostileValue,
    fc.constantFrom(
      '',
      ' ',
      '\0',
      '{',
      '{"source":',
      '{"source":"directory",}',
      "{'source':'directory'}",
      'NaN',
      'undefined',
      '{}{}',
      '\ufeff{"source":"directory"}',
      '{"source":"\\ud800"}',
      '{"source":"\\u0000"}',
      '/**/{}',
      '{"__proto__":{"isAdmin":true}}',
      '{"constructor":{"prototype":{"isAdmin":true}}}',
      '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>',
      'source=directory&path=30.1',
    ),
    fc.constantFrom(-1, 0, 1).map((over) => JSON.stringify('a'.repeat(BODY_LIMIT - 2 + over))),
  )
  .map(bytesOf);

type Fields = readonly (readonly [name: string, value: string])[];

/** Bodies as the document has them; the values are JSON. */
function soundFields(schema: Json, document: Json, known: KnownValues): fc.Arbitrary<Fields> {
  const resolved = resolve(schema, document);
  if (Array.isArray(resolved['oneOf'])) {
    return fc.oneof(...(resolved['oneOf'] as Json[]).map((one) => soundFields(one, document, known)));
  }
  const required = Array.isArray(resolved['required']) ? (resolved['required'] as string[]) : [];
  const properties = Object.entries((resolved['properties'] ?? {}) as Record<string, Json>).map(([name, property]) =>
    fc
      .tuple(soundValue(property, known), fc.boolean())
      .map(([value, isThere]) => (required.includes(name) || isThere ? [[name, JSON.stringify(value)] as const] : [])),
  );
  return fc.tuple(...properties).map((fields) => fields.flat());
}

function soundValue(schema: Json, known: KnownValues): fc.Arbitrary<unknown> {
  if (Array.isArray(schema['enum'])) return fc.constantFrom(...(schema['enum'] as unknown[]));
  if (schema['type'] === 'boolean') return fc.boolean();
  if (schema['type'] === 'array') {
    return fc.array(soundValue(schema['items'] as Json, known), { minLength: 1, maxLength: 3 });
  }
  const pattern = typeof schema['pattern'] === 'string' ? new RegExp(schema['pattern']) : null;
  const texts = [...known.codes, ...known.releases].filter((text) => pattern?.test(text));
  return fc.constantFrom(...(texts.length > 0 ? texts : known.paths));
}

function resolve(schema: Json, document: Json): Json {
  const reference = schema['$ref'];
  if (typeof reference !== 'string') return schema;
  const found = reference
    .slice('#/'.length)
    .split('/')
    .reduce<unknown>((node, key) => (isObject(node) ? node[key] : undefined), document);
  if (!isObject(found)) throw new Error(`The document lacks ${reference}`);
  return found;
}

/** A body that fits its schema. */
export function soundBody(schema: Json, document: Json, known: KnownValues): fc.Arbitrary<string> {
  return soundFields(schema, document, known).map(asObject);
}

/** A body that does not, or may not: fields too many, too few, twice, or of other kinds; or no object at all. */
export function hostileBody(schema: Json, document: Json, known: KnownValues): fc.Arbitrary<string> {
  const changed = fc
    .record({
      fields: soundFields(schema, document, known),
      kept: fc.array(fc.boolean(), { minLength: 8, maxLength: 8 }),
      values: fc.array(fc.option(hostileValue), { minLength: 8, maxLength: 8 }),
      added: fc.array(fc.tuple(hostileName, hostileValue), { maxLength: 2 }),
      repeats: fc.boolean(),
      cutAt: fc.option(fc.nat(80), { freq: 8 }),
    })
    .map(({ fields, kept, values, added, repeats, cutAt }) => {
      const left = fields.flatMap(([name, value], index): Fields =>
        kept[index] === true || values[index] !== null ? [[name, values[index] ?? value]] : [],
      );
      const body = asObject([...left, ...added, ...(repeats ? left : [])]);
      return cutAt === null ? body : body.slice(0, cutAt);
    });
  return fc.oneof({ weight: 3, arbitrary: changed }, { weight: 2, arbitrary: hostileDocument });
}

/** Put together by hand: a field may be there twice. */
function asObject(fields: Fields): string {
  return bytesOf(`{${fields.map(([name, value]) => `${JSON.stringify(name)}:${value}`).join(',')}}`);
}
