import { hash } from 'node:crypto';
import { z } from 'zod';
import type { Json, Page } from '../contract.ts';

/** One page of a list as the other system gives it: where the next begins, or nothing at the end. */
export interface ListPage {
  items: Json[];
  next?: string | undefined;
  total?: number;
}

const cursorSchema = z.object({ next: z.string().optional(), known: z.array(z.string()), now: z.array(z.string()) });

/**
 * A list that tells nobody what changed in it, so that it is read whole each time (a `snapshot` stream): pages that are as
 * they were at the last reading cost nothing, and a reading that was interrupted goes on at its page.
 */
export async function* wholeList(cursor: Json | undefined, read: (next: string | undefined) => Promise<ListPage>): AsyncGenerator<Page> {
  const parsed = cursorSchema.safeParse(cursor);
  const before = parsed.success ? parsed.data : { known: [], now: [] };
  let next = before.next;
  const known = next === undefined ? before.now : before.known;
  const now = next === undefined ? [] : [...before.now];
  // Said also when nothing changed: what a reading that was interrupted at its very end left is settled so.
  let isOpen = true;
  do {
    const page = await read(next);
    const digest = hash('sha256', JSON.stringify(page.items), 'base64url').slice(0, 12);
    now.push(digest);
    next = page.next;
    if (page.items.length === 0 || known.includes(digest)) continue;
    isOpen = next !== undefined;
    yield {
      items: page.items,
      cursor: next === undefined ? { known: [], now } : { next, known, now: [...now] },
      ...(page.total === undefined ? {} : { total: page.total }),
    };
  } while (next !== undefined);
  if (isOpen) yield { items: [], cursor: { known: [], now } };
}
