import type { FastifyInstance } from 'fastify';
import { receiveWebhook } from '../modules/sources/index.ts';
import type { Program } from '../platform/context.ts';
import { notFound } from '../platform/errors.ts';
import { readId } from '../platform/ids.ts';

/** Where outside systems send what happened: `POST /webhooks/src_…`. The body stays as it came, because it is signed so. */
export async function mountWebhooks(app: FastifyInstance, program: Program): Promise<void> {
  await app.register((scope, _options, done) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, parsed) => parsed(null, body));
    scope.post<{ Params: { source: string } }>(
      '/webhooks/:source',
      // A busy forge sends bursts; whoever guesses at signatures does not get far.
      { config: { rateLimit: { max: 1200, timeWindow: '1 minute' } } },
      async (request, reply) => {
        const answer = await receiveWebhook(program, readSource(request.params.source), {
          headers: plainHeaders(request.headers),
          body: Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0),
          receivedAt: program.clock.now(),
        });
        reply.status(answer.status);
        if (answer.json !== undefined) return reply.send(answer.json);
        return reply.type('text/plain').send(answer.text ?? '');
      },
    );
    done();
  });
}

function readSource(text: string): number {
  try {
    return readId('source', text);
  } catch {
    throw notFound('source', text.slice(0, 40));
  }
}

function plainHeaders(headers: Record<string, string | string[] | undefined>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined ? [] : [[name.toLowerCase(), Array.isArray(value) ? value.join(', ') : value]],
    ),
  );
}
