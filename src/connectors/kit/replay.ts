import { readFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';

/**
 * Recorded exchanges, played in a test: `{ synthetic, exchanges: [{ request, response }] }`. `{{server}}` in a body or
 * header stands for the server's own address. A body is text, JSON, or a file beside the fixture.
 */
const fixture = z.strictObject({
  /** Written from documentation, not recorded. */
  synthetic: z.boolean(),
  exchanges: z.array(
    z.strictObject({
      /** Played as often as it is asked for, at least once. Otherwise exactly once. */
      repeat: z.boolean().default(false),
      request: z.strictObject({
        method: z.string().default('GET'),
        /** With the query. */
        path: z.string(),
        /** Headers that it must have, with these values. */
        headers: z.record(z.string(), z.string()).default({}),
        /** The body that it must have: as JSON, or as it is. */
        json: z.json().optional(),
        text: z.string().optional(),
        /** What the body must hold, where the rest differs each time: the parts of a form. */
        holds: z.array(z.string()).default([]),
      }),
      response: z.strictObject({
        status: z.int().default(200),
        headers: z.record(z.string(), z.string()).default({}),
        text: z.string().optional(),
        json: z.json().optional(),
        file: z.string().optional(),
      }),
    }),
  ),
});

export interface ReplayServer {
  url: string;
  /**
   * Closes the server. Throws when a request came that was not recorded, or a recorded one did not come. With `partly`
   * only the former: for a source that a test need not read whole.
   */
  finish(options?: { partly?: boolean }): Promise<void>;
}

/** A server on this machine that plays a fixture: each exchange once, those with the same request in their order. */
export async function replay(fixtureFile: string): Promise<ReplayServer> {
  const { exchanges } = fixture.parse(JSON.parse(await readFile(fixtureFile, 'utf8')));
  const left = [...exchanges];
  const asked = new Set<(typeof exchanges)[number]>();
  const unexpected: string[] = [];
  let url = '';

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const sent = await text(request);
    const index = left.findIndex(
      ({ request: wanted }) =>
        wanted.method === request.method &&
        wanted.path === request.url &&
        Object.entries(wanted.headers).every(([name, value]) => request.headers[name.toLowerCase()] === value) &&
        (wanted.text === undefined || wanted.text === sent) &&
        wanted.holds.every((part) => sent.includes(part)) &&
        (wanted.json === undefined || isDeepStrictEqual(wanted.json, readJson(sent))),
    );
    const exchange = left[index];
    if (exchange?.repeat === true) asked.add(exchange);
    else if (exchange !== undefined) left.splice(index, 1);
    if (exchange === undefined) {
      unexpected.push(`${request.method ?? ''} ${request.url ?? ''}`);
      response.writeHead(404).end('not recorded');
      return;
    }
    const { status, headers, text: plain, json, file } = exchange.response;
    const here = (given: string) => given.replaceAll('{{server}}', url);
    const body =
      file !== undefined
        ? await readFile(path.join(path.dirname(fixtureFile), file), 'utf8')
        : json !== undefined
          ? JSON.stringify(json)
          : (plain ?? '');
    response
      .writeHead(status, Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, here(value)])))
      .end(status === 304 ? undefined : here(body));
  }

  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => response.destroy(error instanceof Error ? error : undefined));
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    async finish({ partly = false } = {}) {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
      const unused = (partly ? [] : left)
        .filter((exchange) => !asked.has(exchange))
        .map(({ request }) => `${request.method} ${request.path}`);
      const complaints = [
        ...unexpected.map((line) => `not recorded: ${line}`),
        ...unused.map((line) => `recorded, but never asked for: ${line}`),
      ];
      if (complaints.length > 0)
        throw new Error(`The exchanges of ${path.basename(fixtureFile)} were not played as recorded:\n${complaints.join('\n')}`);
    },
  };
}

function readJson(sent: string): unknown {
  try {
    return JSON.parse(sent);
  } catch {
    return undefined;
  }
}
