import { isObject, type Json } from './json-schema';

/** An example and the schema that it should fit. */
export interface PlacedExample {
  /** JSON pointer. */
  readonly place: string;
  readonly schema: Json;
  readonly value: unknown;
}

/** Every example and every default of a document: those of schemas, of parameters and headers, and of answers. */
export function examplesOf(document: Json): PlacedExample[] {
  const found: PlacedExample[] = [];
  visit(document, '#', found);
  return found;
}

function visit(node: unknown, place: string, found: PlacedExample[]): void {
  if (Array.isArray(node)) {
    node.forEach((item, index) => {
      visit(item, `${place}/${index}`, found);
    });
    return;
  }
  if (!isObject(node)) return;
  // parameters, headers and media types name their schema; anything else with an example is a schema itself
  const schema = isObject(node['schema']) ? node['schema'] : node;
  for (const key of ['example', 'default']) {
    if (node[key] !== undefined) found.push({ place: `${place}/${key}`, schema, value: node[key] });
  }
  if (isObject(node['examples'])) {
    for (const [name, example] of Object.entries(node['examples'])) {
      if (isObject(example)) found.push({ place: `${place}/examples/${name}`, schema, value: example['value'] });
    }
  }
  for (const [key, value] of Object.entries(node)) {
    if (['example', 'examples', 'default'].includes(key)) continue;
    if (key === 'properties' && isObject(value)) {
      // a property may have any name, "example" among them
      for (const [name, property] of Object.entries(value)) visit(property, `${place}/properties/${name}`, found);
    } else {
      visit(value, `${place}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`, found);
    }
  }
}
