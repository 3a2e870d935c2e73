import { Readable } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import { exportData } from '../modules/members/index.ts';
import type { Auth } from '../modules/access/index.ts';
import { callAction } from '../platform/action.ts';
import type { Caller } from '../platform/action.ts';
import type { Program } from '../platform/context.ts';
import { toHeaders } from './request.ts';

/** `GET /exports/members/<id>.json`: what `members.export-data` gives in pieces, as one download, a piece in memory at a time. */
export function mountMemberData(app: FastifyInstance, program: Program, auth: Auth): void {
  app.get<{ Params: { file: string } }>(
    '/exports/members/:file',
    { config: { rateLimit: { max: 30, timeWindow: '1 minute' } } },
    async (request, reply) => {
      const actor = await auth.actorOf(toHeaders(request));
      const caller: Caller = { actor, origin: actor.type === 'key' ? 'api' : 'web', requestId: request.id };
      const id = request.params.file.replace(/\.json$/, '');
      // The first piece is asked for before anything is sent, so that a refusal is an answer of its own.
      const first = await callAction(program, caller, exportData, { id });
      return reply
        .header('content-disposition', `attachment; filename="${first.fileName}"`)
        .header('cache-control', 'no-store')
        .type('application/json; charset=utf-8')
        .send(Readable.from(pieces(program, caller, id, first), { objectMode: false }));
    },
  );
}

async function* pieces(
  program: Program,
  caller: Caller,
  id: string,
  first: { content: string; next: string | null },
): AsyncGenerator<string> {
  yield first.content;
  for (let { next } = first; next !== null;) {
    const piece = await callAction(program, caller, exportData, { id, cursor: next });
    yield piece.content;
    ({ next } = piece);
  }
}
