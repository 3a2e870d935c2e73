import type { Hash } from 'node:crypto';
import { createHash } from 'node:crypto';
import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import type { Page } from '../contract.ts';
import { cursorOf } from '../kit/cursor.ts';
import { sampleAt } from './files.ts';
import { openPage } from './open-page.ts';
import type { MailIo } from './settings.ts';

const longestMessage = 2 * 1024 * 1024;

/** How many of the files, in the order of their age, were read; and a digest of their names, so that nothing slips in before. */
export const maildirSchema = z.object({ count: z.number(), names: z.string() });
type Place = z.infer<typeof maildirSchema>;

interface Entry {
  /** Stays when a mail program marks the message as read (cr.yp.to/proto/maildir.html). */
  name: string;
  file: string;
  modified: number;
  size: number;
}

export async function* readMaildir(io: MailIo, folder: string, known: Place | undefined): AsyncGenerator<Page> {
  const entries = await listEntries(io, folder);
  // Where something was put in before, or taken out, all is read again: what is known is a harmless repeat.
  let names = hashOf(entries.slice(0, known?.count ?? 0));
  let count = known !== undefined && digestOf(names) === known.names ? known.count : 0;
  if (count === 0) names = hashOf([]);
  const page = openPage(path.basename(folder));
  const finished = (): Page => ({
    ...page.take(),
    total: entries.length,
    cursor: cursorOf({ maildir: { count, names: digestOf(names) } }),
  });
  let unsaved = known === undefined;
  for (const entry of entries.slice(count)) {
    io.signal.throwIfAborted();
    const raw = await sampleAt(entry.file, 0, Math.min(entry.size, longestMessage));
    await page.add(io, { raw, envelope: '', end: count, isCut: entry.size > longestMessage });
    names.update(`${entry.name}\n`);
    count++;
    unsaved = !page.isFull();
    if (!unsaved) yield finished();
  }
  if (unsaved) yield finished();
}

function hashOf(entries: Entry[]): Hash {
  const hash = createHash('sha256');
  for (const { name } of entries) hash.update(`${name}\n`);
  return hash;
}

function digestOf(hash: Hash): string {
  return hash.copy().digest('base64url').slice(0, 16);
}

async function listEntries(io: MailIo, folder: string): Promise<Entry[]> {
  const entries: Entry[] = [];
  for (const part of ['cur', 'new']) {
    for (const file of await readdir(path.join(folder, part))) {
      if (file.startsWith('.')) continue;
      io.signal.throwIfAborted();
      const target = path.join(folder, part, file);
      const found = await stat(target).catch(() => undefined);
      if (found?.isFile() === true)
        entries.push({ name: file.split(':')[0] ?? file, file: target, modified: found.mtimeMs, size: found.size });
    }
  }
  return entries.toSorted((a, b) => a.modified - b.modified || (a.name < b.name ? -1 : 1));
}
