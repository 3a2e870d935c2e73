/** The part of JSON Schema that actions use. */
export interface Schema {
  type?: string | string[];
  description?: string;
  properties?: Record<string, Schema>;
  required?: string[];
  items?: Schema;
  enum?: unknown[];
  const?: unknown;
  default?: unknown;
  anyOf?: Schema[];
  oneOf?: Schema[];
  allOf?: Schema[];
  additionalProperties?: Schema | boolean;
  format?: string;
  pattern?: string;
  minimum?: number;
  maximum?: number;
  minLength?: number;
  maxLength?: number;
}

export interface Operation {
  name: string;
  module: string;
  path: string;
  query: boolean;
  summary: string;
  /** Role and scope, in words. */
  needs: string;
  input: Schema;
  output: Schema;
}

interface Described {
  summary?: string;
  description?: string;
  requestBody?: { content?: { 'application/json'?: { schema?: Schema } } };
  responses?: Record<string, { content?: { 'application/json'?: { schema?: Schema } } }>;
}

/** The actions of the OpenAPI document, in its order. */
export function readOperations(document: unknown): Operation[] {
  const { paths } = document as { paths: Record<string, { get?: Described; post?: Described }> };
  return Object.entries(paths).map(([path, { get, post }]) => {
    const name = path.replace('/api/', '');
    return {
      name,
      module: name.split('.')[0] ?? name,
      path,
      query: get !== undefined,
      summary: post?.summary ?? '',
      needs: post?.description ?? '',
      input: post?.requestBody?.content?.['application/json']?.schema ?? {},
      output: post?.responses?.['200']?.content?.['application/json']?.schema ?? {},
    };
  });
}

/** Something to start from: required fields only. */
export function exampleOf(schema: Schema): unknown {
  if (schema.default !== undefined) return schema.default;
  if (schema.const !== undefined) return schema.const;
  if (schema.enum !== undefined) return schema.enum[0];
  const choice = schema.anyOf?.[0] ?? schema.oneOf?.[0];
  if (choice !== undefined) return exampleOf(choice);
  const type = Array.isArray(schema.type) ? schema.type[0] : schema.type;
  if (type === 'object' || schema.properties !== undefined) {
    return Object.fromEntries(
      (schema.required ?? [])
        .filter((name) => schema.properties?.[name]?.default === undefined)
        .map((name) => [name, exampleOf(schema.properties?.[name] ?? {})]),
    );
  }
  if (type === 'array') return [];
  if (type === 'number' || type === 'integer') return schema.minimum ?? 0;
  if (type === 'boolean') return false;
  return type === 'string' ? '' : null;
}

/** `string`, `number or null`, `list of object`. */
export function typeName(schema: Schema): string {
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum !== undefined) return schema.enum.map((value) => JSON.stringify(value)).join(' | ');
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices !== undefined) return [...new Set(choices.map(typeName))].join(' or ');
  if (schema.allOf?.[0] !== undefined) return typeName(schema.allOf[0]);
  if (schema.type === 'array') return `list of ${schema.items === undefined ? 'anything' : typeName(schema.items)}`;
  if (Array.isArray(schema.type)) return schema.type.join(' or ');
  return schema.format === undefined ? (schema.type ?? 'anything') : `${schema.type ?? 'string'} (${schema.format})`;
}

/** The object whose fields are to be shown: through lists and "or null". */
export function fieldsOf(schema: Schema): Record<string, Schema> | undefined {
  if (schema.properties !== undefined) return schema.properties;
  if (schema.items !== undefined) return fieldsOf(schema.items);
  for (const choice of schema.anyOf ?? schema.oneOf ?? schema.allOf ?? []) {
    const found = fieldsOf(choice);
    if (found !== undefined) return found;
  }
  return undefined;
}

export function requiredOf(schema: Schema): string[] {
  if (schema.properties !== undefined) return schema.required ?? [];
  const inner = schema.items ?? (schema.anyOf ?? schema.oneOf ?? schema.allOf ?? []).find((choice) => fieldsOf(choice) !== undefined);
  return inner === undefined ? [] : requiredOf(inner);
}
