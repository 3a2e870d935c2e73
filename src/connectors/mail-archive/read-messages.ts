import { z } from 'zod';
import { AppError } from '../../platform/errors.ts';
import type { Json, Page } from '../contract.ts';
import { cursorOf } from '../kit/cursor.ts';
import { cutMbox } from './cut-mbox.ts';
import type { MailFile } from './files.ts';
import { fingerprintOf, hasHead, headOf, openArchive, readFrom, sampleAt } from './files.ts';
import { maildirSchema, readMaildir } from './maildir.ts';
import { openPage } from './open-page.ts';
import type { MailIo } from './settings.ts';

const placeSchema = z.object({
  fingerprint: z.string(),
  head: z.string(),
  offset: z.number(),
  done: z.boolean(),
});
type FilePlace = z.infer<typeof placeSchema>;

const cursorSchema = z.object({
  /** How far each file was read, by its name. */
  files: z.record(z.string(), placeSchema).default({}),
  maildir: maildirSchema.optional(),
});

export async function* readMessages(io: MailIo, cursor: Json | undefined): AsyncGenerator<Page> {
  const parsed = cursorSchema.safeParse(cursor);
  const state = parsed.success ? parsed.data : { files: {} };
  io.signal.throwIfAborted();
  const archive = await openArchive(io.settings.path);
  if (archive.kind === 'maildir') {
    yield* readMaildir(io, archive.folder, state.maildir);
    return;
  }
  for (const file of archive.files) {
    const place = await placeIn(file, state.files[file.name]);
    state.files[file.name] = place;
    if (place.done) continue;
    try {
      yield* readMbox(io, file, place, state);
    } catch (error) {
      if (!(error instanceof AppError) || (error.code !== 'mail.truncated' && error.code !== 'mail.damaged')) throw error;
      if (archive.files.length === 1) throw error;
      // One bad file must not hide the others.
      io.warn(error.message);
    }
  }
}

/** Where to go on: where mail was only added, behind what was read; from the beginning where the file is another one. */
async function placeIn(file: MailFile, known: FilePlace | undefined): Promise<FilePlace> {
  const fingerprint = fingerprintOf(file);
  if (known?.fingerprint === fingerprint) return known;
  const isGrown =
    known !== undefined &&
    !file.compressed &&
    known.offset <= file.size &&
    (await hasHead(file, known.head)) &&
    (await beginsAt(file, known.offset));
  return { fingerprint, head: await headOf(file), offset: isGrown ? known.offset : 0, done: false };
}

async function beginsAt(file: MailFile, offset: number): Promise<boolean> {
  const sample = (await sampleAt(file.path, Math.max(0, offset - 1), 64)).toString('latin1');
  return /^\n?\r?\n?From /.test(offset === 0 ? sample : sample.slice(1)) && (offset === 0 || sample.startsWith('\n'));
}

async function* readMbox(io: MailIo, file: MailFile, place: FilePlace, state: { files: Record<string, FilePlace> }): AsyncGenerator<Page> {
  const page = openPage(file.name);
  function finished(): Page {
    return { ...page.take(), cursor: cursorOf(state) };
  }
  try {
    for await (const message of cutMbox(readFrom(file, place.offset), place.offset)) {
      io.signal.throwIfAborted();
      await page.add(io, message);
      place.offset = message.end;
      if (page.isFull()) yield finished();
    }
    place.done = true;
  } catch (error) {
    // What a cut-off archive still gave is kept.
    if (error instanceof AppError) yield finished();
    throw error;
  }
  yield finished();
}
