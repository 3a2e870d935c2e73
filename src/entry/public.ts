import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { createRequire } from 'node:module';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { endSubscription, findSubscription, pageStyle, plainPage, publicPage, publicPrefix } from '../modules/metrics/index.ts';
import type { Program } from '../platform/context.ts';

const font = createRequire(import.meta.url).resolve('@fontsource-variable/inter/files/inter-latin-wght-normal.woff2');

/** No script at all, nothing from elsewhere, and in no frame. */
const policy =
  "default-src 'none'; style-src 'self'; font-src 'self'; img-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/** Pages for whoever has the link, without an account: dashboards that were made public. */
export function mountPublic(app: FastifyInstance, program: Program): void {
  const config = { rateLimit: { max: 60, timeWindow: '1 minute' } };
  app.get<{ Querystring: { accent?: string } }>(`${publicPrefix}/style.css`, { config }, (request, reply) => {
    const { accent } = request.query;
    return reply
      .header('cache-control', 'public, max-age=3600')
      .type('text/css; charset=utf-8')
      .send(pageStyle(accent !== undefined && /^[0-9a-f]{6}$/.test(accent) ? accent : undefined));
  });
  app.get(`${publicPrefix}/inter.woff2`, { config }, (_request, reply) =>
    reply.header('cache-control', 'public, max-age=31536000, immutable').type('font/woff2').send(createReadStream(font)),
  );
  mountUnsubscribe(app, program);
  app.get<{ Params: { token: string } }>(`${publicPrefix}/:token`, { config }, async (request, reply) => {
    const page = await publicPage(program, request.params.token);
    if (page === undefined) return gone(reply);
    reply.header('content-security-policy', policy).header('referrer-policy', 'no-referrer').type('text/html; charset=utf-8');
    const tag = `"${createHash('sha256').update(page.html).digest('base64url').slice(0, 22)}"`;
    if (!page.indexed) reply.header('x-robots-tag', 'noindex, nofollow');
    reply.header('cache-control', 'public, max-age=60').header('etag', tag);
    return request.headers['if-none-match'] === tag ? reply.status(304).send() : reply.send(page.html);
  });
}

/** The link below a scheduled report: reading asks, the button (or the mailbox by itself, RFC 8058) ends it. */
function mountUnsubscribe(app: FastifyInstance, program: Program): void {
  const config = { rateLimit: { max: 30, timeWindow: '1 minute' } };
  const url = `${publicPrefix}/unsubscribe/:token`;
  void app.register((scope, _options, done) => {
    // What the form sends says nothing that the address does not.
    scope.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (_request, _body, parsed) => parsed(null, null));
    scope.get<{ Params: { token: string } }>(url, { config }, async (request, reply) => {
      const found = await findSubscription(program, request.params.token);
      if (found === undefined) return gone(reply);
      if (found.ended) return words(reply, 'You get no more of these', `“${found.title}” is not sent to you any more.`);
      return words(reply, 'Get no more of these?', `“${found.title}” will not be sent to you any more.`, 'Stop sending it to me');
    });
    scope.post<{ Params: { token: string } }>(url, { config }, async (request, reply) => {
      const found = await findSubscription(program, request.params.token);
      if (found === undefined) return gone(reply);
      await endSubscription(program, found.targetId);
      return words(reply, 'You get no more of these', `“${found.title}” is not sent to you any more.`);
    });
    done();
  });
}

function gone(reply: FastifyReply): FastifyReply {
  reply.status(404);
  return words(
    reply,
    'There is nothing at this address',
    'The link may have been revoked, or its time is over. Ask whoever gave it to you for another.',
  );
}

function words(reply: FastifyReply, title: string, text: string, button?: string): FastifyReply {
  return reply
    .header('content-security-policy', policy)
    .header('referrer-policy', 'no-referrer')
    .header('cache-control', 'no-store')
    .header('x-robots-tag', 'noindex')
    .type('text/html; charset=utf-8')
    .send(plainPage(title, text, button));
}
