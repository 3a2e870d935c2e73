import type { ServerResponse } from 'node:http';
import type { FastifyInstance } from 'fastify';
import type { Auth } from '../modules/access/index.ts';
import { runningRuns } from '../modules/sources/index.ts';
import { hasRole, roleOf } from '../platform/access.ts';
import type { Program } from '../platform/context.ts';
import { AppError } from '../platform/errors.ts';
import { toHeaders } from './request.ts';

/**
 * `GET /api/events`: server-sent events of what is going on. `runs` carries the runs under way and those that ended in the
 * last ten seconds, whenever they change, looked up once a second for all listeners together and not at all without any.
 */
export function mountEvents(app: FastifyInstance, program: Program, auth: Auth): void {
  const listeners = new Set<ServerResponse>();
  let last = '[]';
  let quiet = 0;
  let timer: NodeJS.Timeout | undefined;

  async function tick(): Promise<void> {
    const runs = JSON.stringify(await runningRuns(program));
    const changed = runs !== last;
    last = runs;
    quiet = changed ? 0 : quiet + 1;
    if (changed) for (const stream of listeners) send(stream, runs);
    else if (quiet % 20 === 0) for (const stream of listeners) stream.write(': still here\n\n');
  }

  function look(): void {
    timer = undefined;
    tick()
      .catch((error: Error) => program.log.warn({ error: error.message }, 'events'))
      .finally(() => {
        if (listeners.size > 0) timer ??= setTimeout(look, 1000);
      });
  }

  app.get('/api/events', async (request, reply) => {
    const actor = await auth.actorOf(toHeaders(request));
    if (!hasRole(roleOf(actor), 'light_agent')) throw new AppError('unauthenticated', 'unauthenticated', 'Sign in first.');
    reply.hijack();
    const stream = reply.raw;
    stream.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache, no-transform', 'x-accel-buffering': 'no' });
    stream.write('retry: 3000\n\n');
    send(stream, last);
    listeners.add(stream);
    request.raw.on('close', () => listeners.delete(stream));
    timer ??= setTimeout(look, 0);
  });
  app.addHook('preClose', () => {
    clearTimeout(timer);
    for (const stream of listeners) stream.end();
    listeners.clear();
  });
}

function send(stream: ServerResponse, runs: string): void {
  stream.write(`event: runs\ndata: ${runs}\n\n`);
}
