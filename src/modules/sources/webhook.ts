import { hash } from 'node:crypto';
import type { WebhookNews, WebhookRequest } from '../../connectors/contract.ts';
import { transaction } from '../../platform/db.ts';
import type { OpenTransaction } from '../../platform/db.ts';
import type { Program } from '../../platform/context.ts';
import { AppError, conflict, forbidden, messageOf, notFound } from '../../platform/errors.ts';
import { showId } from '../../platform/ids.ts';
import { afterNewsJob, readJob } from './jobs.ts';
import type { AnyStream } from './page.ts';
import { given } from './provided.ts';
import { findConnector, unsealSettings } from './settings.ts';
import type { AnyConnector } from './settings.ts';
import { openStream } from './store.ts';
import { takePage } from './take.ts';

export interface WebhookAnswer {
  status: number;
  json?: unknown;
  text?: string;
}

/**
 * Takes a request that an outside system sent to a source's address: verified, then stored exactly as if it had been read, all of
 * it or nothing, and once even when it is sent again. Errors: `not_found`, `source.paused`, `webhook.none`, `webhook.no_secret`,
 * `webhook.signature`, `webhook.replayed`, `webhook.unreadable`.
 */
export async function receiveWebhook(program: Program, sourceId: number, request: WebhookRequest): Promise<WebhookAnswer> {
  const source = await program.database.db.selectFrom('source').selectAll().where('id', '=', sourceId).executeTakeFirst();
  if (source === undefined || source.state === 'removing' || source.state === 'kept') throw notFound('source', showId('source', sourceId));
  const connector = findConnector(source.connector);
  const settings = unsealSettings(source, program.secrets);
  try {
    const news = readNews(connector, settings, request);
    if (source.state === 'paused') throw conflict('source.paused', 'This source is paused: send it again after it was resumed.');
    const isNew = await storeNews(program, sourceId, connector, settings, news, request);
    if (isNew) await program.jobs.send(afterNewsJob, {}, { once: true });
    if (isNew && news.readNow === true) await program.jobs.send(readJob, { source: sourceId, cause: 'webhook' }, { key: String(sourceId) });
    return { status: 200, ...news.answer };
  } catch (error) {
    await program.database.db
      .updateTable('source')
      .set({ webhook_error: messageOf(error).slice(0, 1000) })
      .where('id', '=', sourceId)
      .execute();
    throw error;
  }
}

function readNews(connector: AnyConnector, settings: Record<string, unknown>, request: WebhookRequest): WebhookNews {
  const { webhook } = connector;
  if (webhook === undefined) throw conflict('webhook.none', `${connector.title} sends nothing by itself: it is read on its schedule.`);
  const secret = settings[webhook.secret];
  if (typeof secret !== 'string' || secret === '') {
    throw forbidden('This source takes no requests yet: enter the secret that signs them in its settings first.');
  }
  webhook.verify(request, settings);
  try {
    return webhook.read(request, settings);
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw new AppError('invalid_input', 'webhook.unreadable', `The request cannot be read: ${messageOf(error)}.`, { cause: error });
  }
}

/** False when this very request was taken before. */
async function storeNews(
  program: Program,
  sourceId: number,
  connector: AnyConnector,
  settings: Record<string, unknown>,
  news: WebhookNews,
  request: WebhookRequest,
): Promise<boolean> {
  const taker = given().openTaker(program, sourceId);
  const pages = news.pages ?? [];
  const streams = new Map<string, { stream: AnyStream; id: number }>();
  for (const { stream: name } of pages) {
    const stream = connector.streams.find((candidate) => candidate.name === name) as AnyStream | undefined;
    if (stream === undefined) throw new Error(`${connector.name} has no stream "${name}".`);
    streams.set(name, { stream, id: (await openStream(program.database.db, sourceId, name)).id });
  }
  try {
    const isNew = await transaction(program.database, async (tx) => {
      if (!(await remember(tx, sourceId, request))) return false;
      let items = 0;
      for (const page of pages) {
        const { stream, id } = streams.get(page.stream) ?? {};
        if (stream === undefined || id === undefined) continue;
        const counts = await takePage(tx, { sourceId, streamId: id, stream, settings, taker }, page, program.clock.now());
        items += counts.fresh + counts.changed;
        await tx.client.query('update source_stream set items = items + $3 where source_id = $1 and id = $2', [sourceId, id, counts.fresh]);
      }
      await tx.client.query(
        `update source set webhook_at = $2, webhook_requests = webhook_requests + 1, webhook_items = webhook_items + $3,
           webhook_error = null where id = $1`,
        [sourceId, request.receivedAt, items],
      );
      return true;
    });
    taker.committed();
    return isNew;
  } catch (error) {
    taker.rolledBack();
    throw error;
  }
}

/** What the systems call the header that names the event. Others say nothing: nobody signs them, and anybody may add one. */
const eventHeader = /^x-(?:github|gitlab|discourse)-event(?:-type)?$/;

/** The same body of the same event is the same news: who sends again may sign it anew. */
async function remember(tx: OpenTransaction, sourceId: number, request: WebhookRequest): Promise<boolean> {
  const names = Object.keys(request.headers).filter((name) => eventHeader.test(name));
  const events = JSON.stringify(names.toSorted((a, b) => (a < b ? -1 : 1)).map((name) => [name, request.headers[name]]));
  const digest = hash('sha256', Buffer.concat([Buffer.from(events), request.body]), 'buffer');
  const { rowCount } = await tx.client.query(
    'insert into webhook_receipt (source_id, digest, received_at) values ($1, $2, $3) on conflict do nothing',
    [sourceId, digest, request.receivedAt],
  );
  return rowCount === 1;
}
