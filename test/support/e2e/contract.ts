import { Ajv, type ValidateFunction } from 'ajv';
import addFormats from 'ajv-formats';
import type { Answer, Request } from './http';
import { isObject, type Json, toClosedSchema } from './json-schema';

const PROBLEM = 'application/problem+json';
const PROBLEM_SCHEMA: Json = { $ref: '#/components/schemas/ProblemDto' };
const ID = /^[\w.:-]{1,64}$/;

/** Pages for people, and the document itself. */
const DOCUMENTATION = /^\/(docs([-/].*)?)?$/;

/** A parameter as it is documented. */
export interface DocumentedParameter {
  readonly name: string;
  readonly in: 'query' | 'path' | 'header';
  readonly required?: boolean;
  readonly example?: unknown;
  readonly schema: Json;
}

interface DocumentedAnswer {
  /** Those that are not said to be optional must be there. */
  readonly headers?: Readonly<Record<string, { readonly schema: Json; readonly required?: boolean }>>;
  readonly content?: Readonly<Record<string, { readonly schema: Json }>>;
}

export interface DocumentedOperation {
  readonly operationId: string;
  readonly parameters?: readonly DocumentedParameter[];
  readonly responses: Readonly<Record<string, DocumentedAnswer>>;
}

export interface OpenApiDocument extends Json {
  readonly paths: Readonly<Record<string, Readonly<Record<string, DocumentedOperation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Json>> };
}

/** The OpenAPI document as what it promises about answers. */
export class Contract {
  private readonly ajv = new Ajv({ strict: true, allErrors: true, coerceTypes: false });
  /** Headers are text, whatever their schema says they stand for. */
  private readonly headerAjv = new Ajv({ strict: true, coerceTypes: true });
  private readonly validators = new Map<string, ValidateFunction>();
  private readonly headerValidators = new Map<Json, ValidateFunction>();

  constructor(readonly document: OpenApiDocument) {
    addFormats(this.ajv);
    addFormats(this.headerAjv);
    for (const [name, schema] of Object.entries(document.components.schemas)) {
      this.ajv.addSchema(toClosedSchema(schema), name);
    }
  }

  /** Every way in which an answer is not as documented; empty where it is. */
  deviations({ method = 'GET', path }: Request, answer: Answer): string[] {
    const pathname = path.replace(/\?.*$/s, '');
    // what a browser asks on its own, and no page gets to see
    if (method === 'OPTIONS' && answer.status === 204) return bodyOf(answer, 'the answer to a preflight');
    return [
      ...(ID.test(answer.header('x-request-id') ?? '') ? [] : ['has no usable X-Request-Id']),
      ...(answer.header('x-content-type-options') === 'nosniff' ? [] : ['lacks X-Content-Type-Options: nosniff']),
      ...(answer.status >= 400 && method !== 'HEAD' ? this.problemDeviations(pathname, answer) : []),
      ...this.operationDeviations(method, pathname, answer),
    ];
  }

  /** What is wrong with a value by a schema of the document; empty where it fits. */
  mismatches(schema: Json, value: unknown): string[] {
    const key = JSON.stringify(schema);
    const validate = this.validators.get(key) ?? this.ajv.compile(toClosedSchema(schema));
    this.validators.set(key, validate);
    if (validate(value)) return [];
    return (validate.errors ?? []).map(
      ({ instancePath, message, params }) =>
        `${instancePath || '/'} ${message ?? 'is wrong'} ${JSON.stringify(params)}`,
    );
  }

  /** What holds for every error, wherever it comes from. */
  private problemDeviations(pathname: string, answer: Answer): string[] {
    if (answer.mediaType !== PROBLEM) return [`is an error as ${String(answer.mediaType)}, not as ${PROBLEM}`];
    const problem = answer.json();
    if (!isObject(problem)) return ['is an error that is no object'];
    const code = String(problem['code']);
    const expected: Json = {
      type: `urn:problem:${code.toLowerCase().replaceAll('_', '-')}`,
      status: answer.status,
      instance: pathname,
      request_id: answer.header('x-request-id'),
    };
    return [
      ...this.mismatches(PROBLEM_SCHEMA, problem).map((mismatch) => `is no problem: ${mismatch}`),
      ...Object.entries(expected)
        .filter(([key, value]) => problem[key] !== value)
        .map(([key, value]) => `has the ${key} ${JSON.stringify(problem[key])}, not ${JSON.stringify(value)}`),
    ];
  }

  private operationDeviations(method: string, pathname: string, answer: Answer): string[] {
    const operation = this.operation(method, pathname);
    if (operation === null) {
      const expected = answer.status >= 400 || DOCUMENTATION.test(pathname);
      return expected ? [] : [`is ${answer.status}, but the request is not documented`];
    }
    const documented = operation.responses[answer.status];
    if (documented === undefined) return [`has the status ${answer.status}, which is not documented`];
    return [
      ...this.headerDeviations(documented, answer),
      ...(method === 'HEAD'
        ? bodyOf(answer, 'the answer to a HEAD request')
        : this.contentDeviations(documented, answer)),
    ];
  }

  private operation(method: string, pathname: string): DocumentedOperation | null {
    const paths = Object.entries(this.document.paths);
    const routed = asRouted(pathname);
    const [, found] =
      paths.find(([template]) => template === routed) ??
      paths.find(([template]) => templatePattern(template).test(routed)) ??
      [];
    // every GET route answers HEAD as well
    return found?.[method === 'HEAD' ? 'get' : method.toLowerCase()] ?? null;
  }

  private headerDeviations({ headers = {} }: DocumentedAnswer, answer: Answer): string[] {
    return Object.entries(headers).flatMap(([name, { schema, required = true }]) => {
      const value = answer.header(name);
      if (value === undefined) return required ? [`lacks the documented header ${name}`] : [];
      return this.headerValidator(schema)({ value })
        ? []
        : [`has the header ${name}: ${value}, which is not as documented`];
    });
  }

  private headerValidator(schema: Json): ValidateFunction {
    const known = this.headerValidators.get(schema);
    if (known !== undefined) return known;
    const validate = this.headerAjv.compile({ type: 'object', properties: { value: toClosedSchema(schema) } });
    this.headerValidators.set(schema, validate);
    return validate;
  }

  private contentDeviations({ content }: DocumentedAnswer, answer: Answer): string[] {
    if (content === undefined) return bodyOf(answer, `a ${answer.status}`);
    const media = content[answer.mediaType ?? ''];
    if (media === undefined) return [`has the media type ${String(answer.mediaType)}, which is not documented`];
    const body = answer.mediaType?.endsWith('json') === true ? answer.json() : answer.body;
    return this.mismatches(media.schema, body).map((mismatch) => `has a wrong body: ${mismatch}`);
  }
}

/** A path can be written in many ways that lead to the same route. */
function asRouted(pathname: string): string {
  const path = pathname.replace(/#.*$/s, '');
  try {
    return decodeURI(path);
  } catch {
    return path;
  }
}

function bodyOf(answer: Answer, what: string): string[] {
  return answer.body === '' ? [] : [`has a body, which ${what} must not have`];
}

function templatePattern(template: string): RegExp {
  const escaped = template.replace(/[.*+?^$()|[\]\\]/g, String.raw`\$&`);
  return new RegExp(`^${escaped.replace(/\{[^}]+\}/g, '[^/]+')}$`);
}
