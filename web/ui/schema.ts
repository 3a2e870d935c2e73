/** The part of JSON Schema that forms are drawn from: a connector's settings, what a delivery takes. */
export interface Property {
  type?: string | string[];
  title?: string;
  description?: string;
  default?: unknown;
  format?: string;
  enum?: unknown[];
  minimum?: number;
  maximum?: number;
  items?: Property;
  anyOf?: Property[];
  /** The connector's marks: drawn as a password; drawn as many lines; what to type. */
  secret?: boolean;
  multiline?: boolean;
  /** Drawn in a part that is folded away. */
  advanced?: boolean;
  examples?: unknown[];
  placeholder?: string;
}

export interface Field {
  name: string;
  label: string;
  required: boolean;
  property: Property;
  kind: 'text' | 'secret' | 'lines' | 'number' | 'switch' | 'choice' | 'list';
  choices: string[];
}

/** The fields of a form, in the schema's order. */
export function fieldsOf(schema: Record<string, unknown>): Field[] {
  const properties = (schema['properties'] ?? {}) as Record<string, Property>;
  const required = (schema['required'] ?? []) as string[];
  return Object.entries(properties).map(([name, given]) => {
    const property = unwrap(given);
    return {
      name,
      label: property.title ?? wordsOf(name),
      required: required.includes(name),
      property,
      kind: kindOf(property),
      choices: (property.enum ?? []).map(String),
    };
  });
}

/** `anyOf: [X, null]` is X that may be left out. */
function unwrap(property: Property): Property {
  const real = property.anyOf?.filter((one) => one.type !== 'null') ?? [];
  if (real.length === 1 && real[0] !== undefined) return { ...property, ...real[0] };
  return property;
}

function kindOf(property: Property): Field['kind'] {
  if (property.secret === true) return 'secret';
  if (property.enum !== undefined) return 'choice';
  const type = Array.isArray(property.type) ? property.type.find((one) => one !== 'null') : property.type;
  if (type === 'boolean') return 'switch';
  if (type === 'number' || type === 'integer') return 'number';
  if (type === 'array') return 'list';
  return property.multiline === true ? 'lines' : 'text';
}

/** `apiToken` → `Api token`. */
function wordsOf(name: string): string {
  const words = name.replace(/([a-z])([A-Z])/g, '$1 $2').toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** What the form starts with: what is set, else the schema's own defaults. */
export function startValues(fields: readonly Field[], given: Record<string, unknown> = {}): Record<string, unknown> {
  return Object.fromEntries(
    fields.map(({ name, property, kind }) => [
      name,
      given[name] ?? property.default ?? (kind === 'list' ? [] : kind === 'switch' ? false : ''),
    ]),
  );
}

/** Empty fields are left out, so that what is optional stays so. */
export function filled(values: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(values).filter(([, value]) => value !== '' && value !== undefined && !(Array.isArray(value) && value.length === 0)),
  );
}
