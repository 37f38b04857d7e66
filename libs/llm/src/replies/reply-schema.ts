/**
 * What a reply must look like: the one definition that is sent with the question and that the reply is checked against.
 * Every property is required, and there are no others.
 */
export type ReplySchema = ObjectSchema | ArraySchema | TextSchema | NumberSchema;

interface ObjectSchema {
  readonly type: 'object';
  readonly properties: Readonly<Record<string, ReplySchema>>;
}

interface ArraySchema {
  readonly type: 'array';
  readonly items: ReplySchema;
  /** Exactly so many. */
  readonly length: number;
}

interface TextSchema {
  readonly type: 'string';
  readonly description?: string;
  /** The values that it can have. */
  readonly enum?: readonly string[];
  /** In characters (code points), as JSON schema counts them. */
  readonly maxLength?: number;
}

interface NumberSchema {
  readonly type: 'number';
  readonly description: string;
  readonly minimum: number;
  readonly maximum: number;
  /** Whether it may be null. */
  readonly nullable: boolean;
}

/** The schema as JSON schema. */
export function toJsonSchema(schema: ReplySchema): Record<string, unknown> {
  switch (schema.type) {
    case 'object':
      return {
        type: 'object',
        properties: Object.fromEntries(
          Object.entries(schema.properties).map(([name, property]) => [name, toJsonSchema(property)]),
        ),
        required: Object.keys(schema.properties),
        additionalProperties: false,
      };
    case 'array':
      return {
        type: 'array',
        items: toJsonSchema(schema.items),
        minItems: schema.length,
        maxItems: schema.length,
      };
    case 'string':
      return {
        type: 'string',
        ...(schema.description === undefined ? {} : { description: schema.description }),
        ...(schema.enum === undefined ? {} : { enum: schema.enum }),
        ...(schema.maxLength === undefined ? {} : { minLength: 1, maxLength: schema.maxLength }),
      };
    case 'number': {
      const { description, minimum, maximum, nullable } = schema;
      return { type: nullable ? ['number', 'null'] : 'number', description, minimum, maximum };
    }
  }
}
