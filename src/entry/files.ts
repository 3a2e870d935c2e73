import type { FastifyInstance } from 'fastify';
import type { Program } from '../platform/context.ts';
import { notFound } from '../platform/errors.ts';
import { readFile } from '../platform/files.ts';
import { readId } from '../platform/ids.ts';

/** Uploaded files, served so that nothing in them can run: typed by content, sandboxed, never sniffed. */
export function mountFiles(app: FastifyInstance, program: Program): void {
  app.get<{ Params: { id: string } }>('/files/:id', async (request, reply) => {
    const file = await readFile(program, readId('file', request.params.id));
    if (file === undefined) throw notFound('file', request.params.id);
    return reply
      .header('content-security-policy', "default-src 'none'; sandbox")
      .header('x-content-type-options', 'nosniff')
      .header('cache-control', 'public, max-age=31536000, immutable')
      .type(file.mediaType)
      .send(file.bytes);
  });
}
