import { existsSync } from 'node:fs';
import path from 'node:path';
import compress from '@fastify/compress';
import helmet from '@fastify/helmet';
import rateLimit from '@fastify/rate-limit';
import fastifyStatic from '@fastify/static';
import Fastify from 'fastify';
import type { FastifyBaseLogger, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { createAuth } from '../modules/access/index.ts';
import type { Auth } from '../modules/access/index.ts';
import { callAction } from '../platform/action.ts';
import type { Action } from '../platform/action.ts';
import type { Actor } from '../platform/access.ts';
import { projectRoot } from '../platform/config.ts';
import type { Program } from '../platform/context.ts';
import { AppError, describeError, messageOf, notFound } from '../platform/errors.ts';
import { actions } from './actions.ts';
import { mountEvents } from './events.ts';
import { mountFiles } from './files.ts';
import { mountHealth } from './health.ts';
import { mountMcp } from './mcp.ts';
import { mountMemberData } from './member-data.ts';
import { mountPublic } from './public.ts';
import { openApiDocument } from './openapi.ts';
import { toHeaders } from './request.ts';
import { version } from './version.ts';
import { mountWebhooks } from './webhooks.ts';

const webFolder = path.join(projectRoot, 'dist/web');

/** Mounts actions, sign-in, events, health and the web app on one Fastify. The caller makes it listen. */
export async function createHttp(program: Program, publicUrl: string): Promise<FastifyInstance> {
  const app = Fastify({
    loggerInstance: program.log.child(
      {},
      { level: program.config.logLevel === 'info' ? 'warn' : program.config.logLevel },
    ) as FastifyBaseLogger,
    trustProxy: program.config.trustProxy,
    bodyLimit: 10 * 1024 * 1024,
    genReqId: () => crypto.randomUUID(),
    return503OnClosing: true,
    // What Fastify refuses before any route is found (an address that is too long): in the same words as everything else.
    frameworkErrors: (error, request, reply) => void sendError(program, error, request, reply),
  });
  const auth = createAuth(program, publicUrl);
  // Requests under way get five seconds to end; what still hangs on then (an assistant's open stream) is cut.
  app.addHook('preClose', (done) => {
    setTimeout(() => app.server.closeAllConnections(), 5000).unref();
    done();
  });
  await app.register(helmet, {
    contentSecurityPolicy: { directives: contentSecurityPolicy(publicUrl) },
    hsts: publicUrl.startsWith('https:'),
  });
  await app.register(compress, { threshold: 1024 });
  await app.register(rateLimit, { global: false, max: 600, timeWindow: '1 minute' });
  app.setErrorHandler((error, request, reply) => sendError(program, error, request, reply));

  app.addHook('onRequest', (request, _reply, done) => {
    done(
      crossSite(request, publicUrl)
        ? new AppError('forbidden', 'cross_site', 'This request came from another site and was refused. Open Rapport at its own address.')
        : undefined,
    );
  });

  mountHealth(app, program, auth);
  mountSignIn(app, auth, publicUrl);
  mountActions(app, program, auth);
  mountEvents(app, program, auth);
  mountFiles(app, program);
  mountMemberData(app, program, auth);
  mountPublic(app, program);
  await mountWebhooks(app, program);
  mountMcp(app, program, auth);
  app.get('/api/openapi.json', () => openApiDocument(actions, version));
  // Who may use what, so that a button and the server never disagree. Nothing secret: it is in the source.
  app.get('/api/rules', () => Object.fromEntries(actions.map((action) => [action.name, action.access])));
  await mountWeb(app);
  return app;
}

/** 'self' only. Mantine sets style attributes, which script cannot come in by. */
function contentSecurityPolicy(publicUrl: string): Record<string, string[] | null> {
  return {
    'default-src': ["'self'"],
    'script-src': ["'self'"],
    'style-src': ["'self'", "'unsafe-inline'"],
    'img-src': ["'self'", 'data:', 'https:'],
    'font-src': ["'self'"],
    'connect-src': ["'self'"],
    'object-src': ["'none'"],
    'frame-ancestors': ["'none'"],
    'base-uri': ["'none'"],
    'form-action': ["'self'"],
    'upgrade-insecure-requests': publicUrl.startsWith('https:') ? [] : null,
  };
}

/** A cookie travels with a request that another site's page made: only same-origin ones may change anything. */
function crossSite(request: FastifyRequest, publicUrl: string): boolean {
  if (request.method === 'GET' || request.method === 'HEAD' || request.headers.cookie === undefined) return false;
  const fetchSite = request.headers['sec-fetch-site'];
  if (fetchSite !== undefined) return fetchSite !== 'same-origin' && fetchSite !== 'none';
  const { origin } = request.headers;
  if (origin === undefined) return false;
  return origin !== new URL(publicUrl).origin && origin !== `${request.protocol}://${request.host}`;
}

function sendError(program: Program, error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const known = asAppError(error);
  if (known === undefined)
    program.log.error(
      { requestId: request.id, url: request.url, error: error instanceof Error ? error.stack : messageOf(error) },
      'request failed',
    );
  const { status, body } = describeError(known ?? error, request.id);
  if (known?.retryAfter !== undefined) reply.header('retry-after', String(known.retryAfter));
  return reply.status(status).send(body);
}

/** Fastify's own refusals (body too large, bad JSON, too many requests) in our words. */
function asAppError(error: unknown): AppError | undefined {
  if (error instanceof AppError) return error;
  if (typeof error !== 'object' || error === null || !('statusCode' in error)) return undefined;
  if (error.statusCode === 413)
    return new AppError(
      'invalid_input',
      'body.too_large',
      'The request is larger than 10 MB. Send less at a time, or import a file with `rapport import`.',
    );
  if (error.statusCode === 429) return new AppError('rate_limited', 'rate_limited', 'Too many requests. Wait a minute and try again.');
  if (typeof error.statusCode === 'number' && error.statusCode < 500)
    return new AppError('invalid_input', 'request.invalid', `The request cannot be read: ${messageOf(error)}.`);
  return undefined;
}

function mountSignIn(app: FastifyInstance, auth: Auth, publicUrl: string): void {
  app.route({
    method: ['GET', 'POST'],
    url: '/api/auth/*',
    config: { rateLimit: { max: 60, timeWindow: '1 minute' } },
    async handler(request, reply) {
      const body = request.body === undefined || request.body === null ? undefined : JSON.stringify(request.body);
      const headers = new Headers();
      for (const [name, value] of Object.entries(request.headers)) {
        if (typeof value === 'string' && name !== 'content-length') headers.set(name, value);
      }
      headers.set('x-forwarded-for', request.ip);
      const answer = await auth.handler(
        new Request(new URL(request.url, publicUrl), { method: request.method, headers, ...(body === undefined ? {} : { body }) }),
      );
      reply.status(answer.status);
      for (const [name, value] of answer.headers) if (name !== 'set-cookie') reply.header(name, value);
      const cookies = answer.headers.getSetCookie();
      if (cookies.length > 0) reply.header('set-cookie', cookies);
      return reply.send(answer.body === null ? null : Buffer.from(await answer.arrayBuffer()));
    },
  });
}

function mountActions(app: FastifyInstance, program: Program, auth: Auth): void {
  for (const action of actions) {
    const url = `/api/${action.name}`;
    const config = { rateLimit: { max: action.access === 'anyone' ? 120 : 1200, timeWindow: '1 minute' } };
    app.post(url, { config }, async (request) => run(program, auth, action, request, request.body));
    if (action.kind === 'query') {
      app.get(url, { config }, async (request) => run(program, auth, action, request, readQueryInput(request)));
    }
  }
  app.all('/api/*', (request) => {
    throw notFound('action', request.url.split('?')[0] ?? '');
  });
}

function readQueryInput(request: FastifyRequest): unknown {
  const { input } = request.query as { input?: string };
  if (input === undefined) return {};
  try {
    return JSON.parse(input);
  } catch {
    throw new AppError('invalid_input', 'input.not_json', 'The parameter "input" is not JSON.');
  }
}

async function run(program: Program, auth: Auth, action: Action, request: FastifyRequest, input: unknown): Promise<unknown> {
  const actor = await auth.actorOf(toHeaders(request));
  return callAction(program, { actor, origin: originOf(actor), requestId: request.id }, action, input);
}

function originOf(actor: Actor): 'api' | 'web' {
  return actor.type === 'key' ? 'api' : 'web';
}

async function mountWeb(app: FastifyInstance): Promise<void> {
  const built = existsSync(path.join(webFolder, 'index.html'));
  if (built) {
    await app.register(fastifyStatic, {
      root: webFolder,
      preCompressed: true,
      setHeaders(reply, file) {
        // Hashed names never change; the page that names them always may.
        reply.header('cache-control', file.includes('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache');
      },
    });
  }
  app.setNotFoundHandler((request, reply) => {
    const page = request.method === 'GET' && !request.url.startsWith('/api/') && !path.extname(request.url.split('?')[0] ?? '');
    if (page && built) return reply.header('cache-control', 'no-cache').sendFile('index.html');
    return sendErrorPage(reply, built);
  });
}

function sendErrorPage(reply: FastifyReply, built: boolean): FastifyReply {
  const message = built ? 'There is nothing at this address.' : 'The web app is not built yet. Run `npm run build:web`.';
  return reply.status(404).send({ error: { kind: 'not_found', code: 'not_found', message } });
}
