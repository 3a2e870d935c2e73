import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import { upstreamFailed } from './errors.ts';

const decoders = { gzip: createGunzip, 'x-gzip': createGunzip, deflate: createInflate, br: createBrotliDecompress };

/**
 * Reads a body to its end, decompressed, never holding more than `maxBytes`: a small archive that unpacks to
 * gigabytes is cut off as soon as it passes. Errors: `http.too_large`, `http.failed` for a broken encoding.
 */
export async function readBody(body: Readable, headers: Record<string, string>, maxBytes: number, host: string): Promise<Uint8Array> {
  const announced = Number(headers['content-length']);
  const encoding = headers['content-encoding']?.trim().toLowerCase();
  if (announced > maxBytes) {
    // Nothing reads it any more: an error on its way out is no news.
    body.on('error', () => undefined).destroy();
    throw tooLarge(host, maxBytes);
  }
  const decoder = encoding !== undefined && Object.hasOwn(decoders, encoding) ? decoders[encoding as keyof typeof decoders]() : undefined;
  // An empty answer (304, HEAD) may still name an encoding.
  const source = decoder === undefined || announced === 0 ? body : pipeline(body, decoder, () => undefined);
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const chunk of source as AsyncIterable<Uint8Array>) {
      size += chunk.length;
      if (size > maxBytes) throw tooLarge(host, maxBytes);
      chunks.push(chunk);
    }
  } catch (error) {
    if (isEmptyArchive(error, size)) return new Uint8Array();
    throw error;
  } finally {
    body.on('error', () => undefined).destroy();
  }
  return Buffer.concat(chunks, size);
}

function isEmptyArchive(error: unknown, size: number): boolean {
  return size === 0 && error instanceof Error && 'code' in error && error.code === 'Z_BUF_ERROR';
}

function tooLarge(host: string, maxBytes: number) {
  return upstreamFailed(
    'http.too_large',
    `${host} answered with more than ${Math.round(maxBytes / 1_000_000)} MB, more than this request may take.`,
  );
}
