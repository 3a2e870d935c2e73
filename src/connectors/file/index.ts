import { z } from 'zod';
import type { CheckLine, ConnectorIo, Json, Page } from '../contract.ts';
import { defineConnector, defineStream } from '../kit/define.ts';
import { tried } from '../kit/failures.ts';
import { deriveRow } from './derive.ts';
import { dryRun } from './dry-run.ts';
import { openRows } from './read-rows.ts';
import { fileRecord } from './records.ts';
import type { FileSettings } from './settings.ts';
import { fileName, fileSettings } from './settings.ts';
import { webhook } from './webhook.ts';

type FileIo = ConnectorIo<FileSettings>;

const pageRows = 5000;
const pageBytes = 8 * 1024 * 1024;

/** Where to go on in which version of the file. */
const cursorSchema = z.object({ fingerprint: z.string(), offset: z.number(), line: z.number(), done: z.boolean() });

const rows = defineStream({
  name: 'rows',
  title: 'Rows',
  order: 'oldest-first',
  record: fileRecord,
  externalId: (record) => `${record.row}:${record.id}`,
  derive: deriveRow,
  pages,
});

async function* pages(io: FileIo, cursor: Json | undefined): AsyncGenerator<Page> {
  if (io.settings.path === undefined) return;
  const open = await openRows(io.settings);
  const { file } = open;
  const known = cursorSchema.safeParse(cursor);
  const isSame = known.success && known.data.fingerprint === file.fingerprint;
  if (isSame && known.data.done) return;
  // A changed file is read from its beginning: what is unchanged in it is a harmless repeat.
  let place = isSame ? { offset: known.data.offset, line: known.data.line } : { offset: 0, line: 0 };
  let items: Json[] = [];
  let unreadable: NonNullable<Page['unreadable']> = [];
  let started = place.offset;
  function page(done: boolean): Page {
    // How many rows there are is not known before the end: what was read tells how long one is.
    const total =
      file.compressed || place.offset === 0 ? undefined : done ? place.line : Math.round((place.line * file.size) / place.offset);
    const made: Page = {
      items,
      cursor: { fingerprint: file.fingerprint, ...place, done },
      ...(unreadable.length === 0 ? {} : { unreadable }),
      ...(total === undefined ? {} : { total }),
    };
    items = [];
    unreadable = [];
    started = place.offset;
    return made;
  }
  for await (const list of open.rows(place)) {
    io.signal.throwIfAborted();
    for (const row of list) {
      if (items.length + unreadable.length >= pageRows || place.offset - started > pageBytes) yield page(false);
      if (row.item !== undefined && isWanted(row.item, io.since)) items.push(row.item);
      if (row.refused !== undefined) unreadable.push({ externalId: `line ${row.line}`, ...row.refused });
      place = { offset: row.end, line: row.last };
    }
  }
  const latin1 = file.latin1Lines();
  if (latin1 > 0) io.log(`${latin1} lines of ${fileName(io.settings)} are not UTF-8 and were read as Latin-1.`);
  yield page(true);
}

function isWanted(item: Json, since: Date | undefined): boolean {
  if (since === undefined) return true;
  const parsed = fileRecord.safeParse(item);
  if (!parsed.success || parsed.data.row !== 'activity') return true;
  const [activity] = deriveRow(parsed.data, { path: '', rows: 'auto' }).activities;
  return activity === undefined || activity.at >= since.getTime();
}

async function check(io: FileIo): Promise<CheckLine[]> {
  if (io.settings.path === undefined) {
    const detail = 'There is no file: rows are taken in when a program sends them to the address of this source, signed with its secret.';
    return [{ ok: true, what: 'Wait for rows', detail }];
  }
  return [
    await tried('Read the file', async () => {
      const { file, kind, columns, format } = await openRows(io.settings);
      const ignored = columns.ignored.length === 0 ? '' : ` Not used: ${columns.ignored.join(', ')}.`;
      return `${format === 'csv' ? 'CSV' : 'JSON Lines'}, ${file.encoding}, a row is one ${kind}. Used: ${columns.mapped.map(({ column, field }) => (column === field ? column : `${column} (as ${field})`)).join(', ')}.${ignored}`;
    }),
  ];
}

export const file = defineConnector({
  name: 'file',
  title: 'CSV or JSON Lines',
  summary: 'Takes in members, organizations, affiliations or activities from a file or a webhook; columns are recognised by their names.',
  settings: fileSettings,
  nameOf: (settings) => (settings.path === undefined ? 'Rows by webhook' : fileName(settings)),
  everyMinutes: 24 * 60,
  check,
  localPath: (settings) => settings.path,
  dryRun: (io) => dryRun(io.settings, { signal: io.signal }),
  streams: [rows],
  webhook,
});
