import type { DocumentedOperation, DocumentedParameter, OpenApiDocument } from './contract';

/** An operation of the document and where it is. */
export interface PlacedOperation {
  readonly method: string;
  /** With the parameters in braces. */
  readonly template: string;
  readonly operation: DocumentedOperation;
}

export function operationsOf({ paths }: OpenApiDocument): PlacedOperation[] {
  return Object.entries(paths).flatMap(([template, operations]) =>
    Object.entries(operations).map(([method, operation]) => ({ method: method.toUpperCase(), template, operation })),
  );
}

/**
 * The request that a person makes who fills in nothing: every parameter as its example or default has it.
 *
 * @throws Error where a required parameter has neither
 */
export function documentedRequest({ template, operation }: PlacedOperation): string {
  const query = new URLSearchParams();
  let path = template;
  for (const parameter of operation.parameters ?? []) {
    const value = documentedValue(parameter);
    if (value === undefined) {
      if (parameter.required) throw new Error(`${operation.operationId}: ${parameter.name} has no example`);
    } else if (parameter.in === 'path') {
      path = path.replace(`{${parameter.name}}`, encodeURIComponent(value));
    } else if (parameter.in === 'query') {
      query.set(parameter.name, value);
    }
  }
  return query.size === 0 ? path : `${path}?${query.toString()}`;
}

function documentedValue({ example, schema }: DocumentedParameter): string | undefined {
  const value = example ?? schema['example'] ?? schema['default'];
  return typeof value === 'string' || typeof value === 'number' ? value.toString() : undefined;
}
