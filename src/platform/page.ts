import { z } from 'zod';
import { invalidInput } from './errors.ts';

/** Keyset paging: a cursor is the sort key of the last row shown, sealed in base64url so that nobody builds on it. */
export const pageInput = {
  limit: z.coerce.number().int().min(1).max(500).default(50).describe('How many rows at the most.'),
  cursor: z.string().max(400).optional().describe('`next` of the page before.'),
};

export function writeCursor(key: readonly (string | number | null)[]): string {
  return Buffer.from(JSON.stringify(key)).toString('base64url');
}

/** Errors: `cursor.invalid`. */
export function readCursor(cursor: string | undefined, length: number): (string | number | null)[] | undefined {
  if (cursor === undefined) return undefined;
  try {
    const key: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
    const parsed = z
      .array(z.union([z.string(), z.number(), z.null()]))
      .length(length)
      .parse(key);
    return parsed;
  } catch {
    throw cursorInvalid();
  }
}

export function cursorInvalid() {
  return invalidInput('cursor.invalid', 'This page link is not valid any more. Start again from the first page.');
}
