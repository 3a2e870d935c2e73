import { z } from 'zod';
import { invalidInput } from './errors.ts';

/** Prefixes of the ids that people and programs see; inside they are numbers. */
const idPrefixes = {
  source: 'src',
  run: 'run',
  record: 'rec',
  activity: 'act',
  thread: 'thr',
  identity: 'idn',
  member: 'mem',
  erasure: 'ers',
  purpose: 'pur',
  merge: 'mrg',
  suggestion: 'sug',
  organization: 'org',
  affiliation: 'aff',
  segment: 'seg',
  level: 'lvl',
  batch: 'bat',
  joining: 'joi',
  note: 'not',
  audit: 'aud',
  key: 'key',
  invitation: 'inv',
  file: 'fil',
  mail: 'mai',
  delivery: 'dlv',
  topic: 'top',
  dashboard: 'dsh',
  schedule: 'sch',
} as const;

export type IdKind = keyof typeof idPrefixes;

/** Kinds that may outgrow 31 bits, as the database counts them. */
const long: ReadonlySet<IdKind> = new Set([
  'run',
  'record',
  'activity',
  'thread',
  'audit',
  'key',
  'invitation',
  'file',
  'mail',
  'delivery',
]);

/** `member`, 42 → `mem_16`. Opaque: base 36, so that nobody counts on it. */
export function showId(kind: IdKind, id: number): string {
  return `${idPrefixes[kind]}_${id.toString(36)}`;
}

/** The number in an id. Errors: `id.invalid` when it is of another kind or not an id. */
export function readId(kind: IdKind, text: string): number {
  const [prefix, digits] = text.split('_');
  const id = digits !== undefined && /^[0-9a-z]{1,11}$/.test(digits) ? Number.parseInt(digits, 36) : Number.NaN;
  if (prefix !== idPrefixes[kind] || !(id <= (long.has(kind) ? Number.MAX_SAFE_INTEGER : 2 ** 31 - 1))) {
    throw invalidInput('id.invalid', `"${text.slice(0, 40)}" is not the id of a ${kind}: those look like ${idPrefixes[kind]}_1a.`);
  }
  return id;
}

/** An id in an input: text outside (`mem_16`), a number inside the action. */
export function idInput(kind: IdKind) {
  const pattern = new RegExp(`^${idPrefixes[kind]}_[0-9a-z]{1,11}$`);
  return z
    .string()
    .regex(pattern, `must be the id of a ${kind}, such as ${idPrefixes[kind]}_1a`)
    .transform((text) => readId(kind, text))
    .describe(`Id of a ${kind}, such as ${idPrefixes[kind]}_1a.`);
}
