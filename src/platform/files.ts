import { createHash } from 'node:crypto';
import type { Context, Program } from './context.ts';
import type { Db } from './db.ts';
import { invalidInput } from './errors.ts';
import { showId } from './ids.ts';

/** A small file as it is kept: a logo, a picture of a person. */
export interface StoredFile {
  name: string;
  mediaType: string;
  bytes: Buffer;
  /** Hex: good as an ETag. */
  sha256: string;
}

export const maxFileBytes = 1024 * 1024;

/** What the first bytes say. A name or a header can lie; SVG is left out because it can carry scripts. */
const kinds: readonly { mediaType: string; matches(bytes: Buffer): boolean }[] = [
  { mediaType: 'image/png', matches: (b) => b.subarray(0, 8).equals(Buffer.from('89504e470d0a1a0a', 'hex')) },
  { mediaType: 'image/jpeg', matches: (b) => b.subarray(0, 3).equals(Buffer.from('ffd8ff', 'hex')) },
  { mediaType: 'image/gif', matches: (b) => ['GIF87a', 'GIF89a'].includes(b.toString('latin1', 0, 6)) },
  { mediaType: 'image/webp', matches: (b) => b.toString('latin1', 0, 4) === 'RIFF' && b.toString('latin1', 8, 12) === 'WEBP' },
];

/** The media type of a picture that browsers show, or undefined. */
export function sniffPicture(bytes: Buffer): string | undefined {
  return kinds.find((kind) => kind.matches(bytes))?.mediaType;
}

/**
 * Keeps a picture of at most one megabyte; answers its number. Errors: `file.empty`, `file.too_large`, `file.not_a_picture`.
 */
export async function storePicture(
  context: Pick<Context, 'db' | 'clock'>,
  name: string,
  bytes: Buffer,
  createdBy?: string,
): Promise<number> {
  if (bytes.length === 0) throw invalidInput('file.empty', 'The file is empty. Choose another one.');
  if (bytes.length > maxFileBytes) throw invalidInput('file.too_large', 'The picture is larger than one megabyte. Make it smaller first.');
  const mediaType = sniffPicture(bytes);
  if (mediaType === undefined)
    throw invalidInput('file.not_a_picture', 'This is not a PNG, JPEG, GIF or WebP picture. Convert it to one of these.');
  const row = await context.db
    .insertInto('file')
    .values({
      name: name.replace(/[^\p{L}\p{N}._ -]/gu, '_').slice(0, 120),
      media_type: mediaType,
      bytes,
      sha256: createHash('sha256').update(bytes).digest('hex'),
      created_at: context.clock.now(),
      created_by: createdBy ?? null,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  return row.id;
}

/** The file of this number, as http serves it. */
export async function readFile(program: Pick<Program, 'database'>, id: number): Promise<StoredFile | undefined> {
  const row = await program.database.db
    .selectFrom('file')
    .select(['name', 'media_type', 'bytes', 'sha256'])
    .where('id', '=', id)
    .executeTakeFirst();
  return row === undefined ? undefined : { name: row.name, mediaType: row.media_type, bytes: row.bytes, sha256: row.sha256 };
}

export async function removeFile(db: Db, id: number): Promise<void> {
  await db.deleteFrom('file').where('id', '=', id).execute();
}

/** Where http serves a file: with its stored type, `nosniff` and a sandbox. */
export function filePath(id: number): string {
  return `/files/${showId('file', id)}`;
}
