import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Json } from '../contract.ts';

/**
 * A walk through the commits that `tip` reaches and `base` does not, of which `skip` are read. Both are frozen: what
 * comes meanwhile is the next walk's, so that the order stays the same after an interruption.
 */
export type Walk = { tip: string; base?: string; skip: number };

/** `done`: everything that this commit reaches was read. `scope`: under which rules. */
export type Cursor = { scope?: string; done?: string; walk?: Walk };

const sha = z.string().regex(/^[0-9a-f]{40,64}$/);
const cursor = z.object({
  scope: z.string().optional(),
  done: sha.optional(),
  walk: z.object({ tip: sha, base: sha.optional(), skip: z.int().nonnegative() }).optional(),
});

/** A cursor of another version, or none, is a start from the beginning: repeats are harmless. */
export function readCursor(given: Json | undefined): Cursor {
  const parsed = cursor.safeParse(given ?? {});
  // Absent and undefined are one here; what was parsed holds no undefined, since it came from JSON.
  return parsed.success ? (parsed.data as Cursor) : {};
}

/** When the `.mailmap` or the wanted time changes, what was read before has to be looked at again. */
export function scopeOf(mailmap: Buffer, since: Date | undefined): string {
  return createHash('sha256')
    .update(mailmap)
    .update(since?.toISOString() ?? '')
    .digest('hex')
    .slice(0, 16);
}
