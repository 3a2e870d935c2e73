import { hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { createGunzip } from 'node:zlib';
import { sourceRefused } from '../kit/failures.ts';
import { looksLikeMbox } from './cut-mbox.ts';

export interface MailFile {
  name: string;
  path: string;
  size: number;
  modified: number;
  compressed: boolean;
}

export type Archive = { kind: 'mbox'; files: MailFile[]; skipped: string[] } | { kind: 'maildir'; folder: string };

const sampleSize = 8192;

/** What stands at a path. Errors: `mail.not_found`, `mail.not_readable`, `mail.not_an_archive`. */
export async function openArchive(target: string): Promise<Archive> {
  const found = await stat(target).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'EACCES') throw unreadable(target);
    throw sourceRefused('mail.not_found', `There is nothing at ${target} on this machine. Check the path.`);
  });
  if (found.isFile()) {
    const file = await describe(target);
    if (file === undefined) {
      throw sourceRefused(
        'mail.not_an_archive',
        `${target} is not an mbox file: its first line does not begin with "From ". Enter an mbox file, a folder of them, or a Maildir.`,
      );
    }
    return { kind: 'mbox', files: [file], skipped: [] };
  }
  const names = await readdir(target).catch(() => {
    throw unreadable(target);
  });
  if (names.includes('cur') && names.includes('new')) return { kind: 'maildir', folder: target };
  const files: MailFile[] = [];
  const skipped: string[] = [];
  for (const name of names.toSorted()) {
    const file = name.startsWith('.') ? undefined : await describe(path.join(target, name));
    if (file === undefined) skipped.push(name);
    else files.push(file);
  }
  if (files.length === 0) {
    throw sourceRefused(
      'mail.not_an_archive',
      `${target} holds no mbox file, and is no Maildir (which has the folders "cur" and "new"). Check the path.`,
    );
  }
  return { kind: 'mbox', files, skipped };
}

async function describe(target: string): Promise<MailFile | undefined> {
  const found = await stat(target).catch(() => undefined);
  if (found?.isFile() !== true) return undefined;
  const magic = await sampleAt(target, 0, sampleSize);
  const compressed = magic[0] === 0x1f && magic[1] === 0x8b;
  const file = { name: path.basename(target), path: target, size: found.size, modified: Math.round(found.mtimeMs), compressed };
  return looksLikeMbox(compressed ? await firstUnpacked(file) : magic) ? file : undefined;
}

async function firstUnpacked(file: MailFile): Promise<Buffer> {
  try {
    for await (const chunk of readFrom(file, 0)) return chunk.subarray(0, sampleSize);
  } catch {
    // Damaged from the start: no mail in it.
  }
  return Buffer.alloc(0);
}

export async function sampleAt(target: string, position: number, length: number): Promise<Buffer> {
  const file = await open(target).catch(() => {
    throw unreadable(target);
  });
  try {
    const { buffer, bytesRead } = await file.read({ buffer: Buffer.alloc(length), position });
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

/** A file's bytes (unpacked) from a place on. Errors: `mail.truncated`, `mail.damaged`. */
export async function* readFrom(file: MailFile, from: number): AsyncGenerator<Buffer> {
  const source = createReadStream(file.path, { highWaterMark: 256 * 1024, ...(file.compressed ? {} : { start: from }) });
  const stream = file.compressed ? source.pipe(createGunzip({ chunkSize: 256 * 1024 })) : source;
  // Errors of the file do not travel through a pipe by themselves.
  if (stream !== source) source.on('error', (error) => stream.destroy(error));
  let passed = file.compressed ? 0 : from;
  try {
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      passed += chunk.length;
      if (passed > from) yield passed - chunk.length >= from ? chunk : chunk.subarray(chunk.length - (passed - from));
    }
  } catch (error) {
    throw file.compressed ? damaged(file, error) : error;
  } finally {
    source.destroy();
    stream.destroy();
  }
}

/** Changes when the file does. */
export function fingerprintOf(file: MailFile): string {
  return `${file.size}-${file.modified}`;
}

const headSize = 256;

/** The beginning of a file, which stays when mail is added at its end: its length and a digest. */
export async function headOf(file: MailFile): Promise<string> {
  const sample = await sampleAt(file.path, 0, headSize);
  return `${sample.length}-${hash('sha256', sample, 'base64url').slice(0, 8)}`;
}

export async function hasHead(file: MailFile, head: string): Promise<boolean> {
  const sample = await sampleAt(file.path, 0, Number(head.split('-')[0]));
  return head === `${sample.length}-${hash('sha256', sample, 'base64url').slice(0, 8)}`;
}

function damaged(file: MailFile, error: unknown) {
  const isCut = error instanceof Error && 'code' in error && error.code === 'Z_BUF_ERROR';
  return isCut
    ? sourceRefused(
        'mail.truncated',
        `The archive ${file.name} is cut off: its end is missing. What it holds was read; copy the file again to read the rest.`,
      )
    : sourceRefused(
        'mail.damaged',
        `The archive ${file.name} is damaged (${error instanceof Error ? error.message : String(error)}). Copy it again.`,
      );
}

function unreadable(target: string) {
  return sourceRefused('mail.not_readable', `${target} may not be read by the account that Rapport runs as. Give it read permission.`);
}
