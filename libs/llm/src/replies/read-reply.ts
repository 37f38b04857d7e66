import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import { plainText } from './plain-text';
import { toJsonSchema, type ReplySchema } from './reply-schema';

/** A reply that was understood, or why it was not. */
export type ReadReply<T> =
  | { readonly value: T }
  /** One sentence. */
  | { readonly fault: string };

/** Longest piece of a reply in a sentence about it. */
const MAX_SHOWN = 60;

/** Kept for as long as the schemas: a call looks at its schema before it asks, and again at each reply. */
const validators = new WeakMap<ReplySchema, ValidateFunction>();

/** Why replies could not be checked against a schema, as where two skills have the same name; null where they can. */
export function schemaFault(schema: ReplySchema): string | null {
  try {
    compiled(schema);
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** Reads the text of a reply: JSON, of exactly the shape that was asked for. */
export function readReply(text: string, schema: ReplySchema): ReadReply<unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { fault: 'The reply is no JSON.' };
  }
  const validate = compiled(schema);
  if (validate(value)) return { value };
  const [error] = validate.errors ?? [];
  return { fault: `The reply has another shape: ${error === undefined ? 'unknown' : sentence(error)}.` };
}

function compiled(schema: ReplySchema): ValidateFunction {
  const known = validators.get(schema);
  if (known !== undefined) return known;
  // an instance of its own for each: one keeps all schemas it has ever seen
  const validate = new Ajv({ allowUnionTypes: true }).compile(toJsonSchema(schema));
  validators.set(schema, validate);
  return validate;
}

function sentence({ instancePath, message, params }: ErrorObject): string {
  const what = instancePath === '' ? 'it' : instancePath;
  const additional = (params as { additionalProperty?: unknown }).additionalProperty;
  const name = typeof additional === 'string' ? ` ("${plainText(additional).slice(0, MAX_SHOWN)}")` : '';
  return `${what} ${message ?? 'is not valid'}${name}`;
}
