import type { Json } from '../../src/connectors/contract.ts';

export type Fields = { readonly [field: string]: Json };
export type Changes = { [field: string]: Json | Changes | undefined };

/** The template with these fields changed: those that it has, and that hold something. Objects are gone into. */
export function dress(template: Fields, changes: Changes): Fields {
  const dressed: { [field: string]: Json } = { ...template };
  for (const [field, change] of Object.entries(changes)) {
    const before = template[field];
    if (change === undefined || before === undefined || before === null) continue;
    dressed[field] = isObject(before) && isObject(change) ? dress(before, change) : (change as Json);
  }
  return dressed;
}

export function isObject(value: unknown): value is { [field: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export const iso = (at: number): string => new Date(at).toISOString();
/** Whole seconds, as most systems give them. */
export const isoSeconds = (at: number): string => `${iso(at).slice(0, 19)}Z`;
export const seconds = (at: number): number => Math.floor(at / 1000);
