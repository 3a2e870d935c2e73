import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { createRequire } from 'node:module';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { pageStyle, publicPage, publicPrefix } from '../modules/metrics/index.ts';
import type { Program } from '../platform/context.ts';

const font = createRequire(import.meta.url).resolve('@fontsource-variable/inter/files/inter-latin-wght-normal.woff2');

/** No script at all, nothing from elsewhere, and in no frame. */
const policy =
  "default-src 'none'; style-src 'self'; font-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

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
  app.get<{ Params: { token: string } }>(`${publicPrefix}/:token`, { config }, async (request, reply) => {
    const page = await publicPage(program, request.params.token);
    reply.header('content-security-policy', policy).header('referrer-policy', 'no-referrer').type('text/html; charset=utf-8');
    if (page === undefined) return gone(reply);
    const tag = `"${createHash('sha256').update(page.html).digest('base64url').slice(0, 22)}"`;
    if (!page.indexed) reply.header('x-robots-tag', 'noindex, nofollow');
    reply.header('cache-control', 'public, max-age=60').header('etag', tag);
    return request.headers['if-none-match'] === tag ? reply.status(304).send() : reply.send(page.html);
  });
}

function gone(reply: FastifyReply): FastifyReply {
  return reply
    .status(404)
    .header('cache-control', 'no-store')
    .header('x-robots-tag', 'noindex')
    .send(
      `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>Nothing here</title><link rel="stylesheet" href="${publicPrefix}/style.css"></head><body><main><section class="card words"><h1>There is nothing at this address</h1><p>The link may have been revoked, or its time is over. Ask whoever gave it to you for another.</p></section></main></body></html>`,
    );
}
