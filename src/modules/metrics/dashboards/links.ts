import { createHash, randomBytes } from 'node:crypto';
import { z } from 'zod';
import { idOf } from '../../../platform/access.ts';
import { defineAction } from '../../../platform/action.ts';
import type { Context } from '../../../platform/context.ts';
import type { Db } from '../../../platform/db.ts';
import { conflict, invalidInput } from '../../../platform/errors.ts';
import { idInput, showId } from '../../../platform/ids.ts';
import { reportCards } from './cards.ts';
import type { Card } from './cards.ts';
import { holdDashboard } from './store.ts';

export const linkOutput = z.object({
  url: z.string().describe('Whoever has it sees the figures, without an account.'),
  expiresAt: z.date().nullable(),
  expired: z.boolean(),
  indexed: z.boolean().describe('Search engines may list the page.'),
  createdAt: z.date(),
});

/** Where the pages of public links begin. */
export const publicPrefix = '/public';

/** The address that people use, as far as settings say it. */
export function publicUrl(context: Pick<Context, 'config'>): string {
  const { publicUrl: set, host, port } = context.config;
  return set ?? `http://${host === '0.0.0.0' ? 'localhost' : host}:${port}`;
}

/** The open link of a dashboard, or null. */
export async function linkOf(context: Context, dashboardId: number): Promise<z.input<typeof linkOutput> | null> {
  const row = await context.db
    .selectFrom('dashboard_link')
    .selectAll()
    .where('dashboard_id', '=', dashboardId)
    .where('revoked_at', 'is', null)
    .executeTakeFirst();
  if (row === undefined) return null;
  return {
    url: `${publicUrl(context)}${publicPrefix}/${context.secrets.open(row.token_sealed)}`,
    expiresAt: row.expires_at,
    expired: row.expires_at !== null && row.expires_at <= context.clock.now(),
    indexed: row.indexed,
    createdAt: row.created_at,
  };
}

/** Which dashboard a token opens; undefined when it is revoked, expired, of a deleted dashboard, or none at all. */
export async function findLink(db: Db, token: string, now: Date): Promise<{ dashboardId: number; indexed: boolean } | undefined> {
  const row = await db
    .selectFrom('dashboard_link as l')
    .innerJoin('dashboard as d', 'd.id', 'l.dashboard_id')
    .select(['l.dashboard_id', 'l.indexed'])
    .where('l.token_hash', '=', hashOf(token))
    .where('l.revoked_at', 'is', null)
    .where('d.deleted_at', 'is', null)
    .where((where) => where.or([where('l.expires_at', 'is', null), where('l.expires_at', '>', now)]))
    .executeTakeFirst();
  return row === undefined ? undefined : { dashboardId: row.dashboard_id, indexed: row.indexed };
}

/** Errors: `dashboards.personal`, naming the cards that cannot be shown to everybody. */
export function refusePersonal(cards: readonly Card[]): void {
  const named = reportCards(cards)
    .filter(({ report }) => report.personal === true)
    .map(({ card, report }) => card.title ?? report.title);
  if (named.length === 0) return;
  throw invalidInput(
    'dashboards.personal',
    `A public page shows figures, never people: ${named.join(', ')} ${named.length === 1 ? 'names' : 'name'} members. Take ${named.length === 1 ? 'it' : 'them'} off, or make a copy of the dashboard without ${named.length === 1 ? 'it' : 'them'}.`,
  );
}

export const publishDashboard = defineAction({
  name: 'dashboards.publish',
  kind: 'command',
  access: 'manager',
  summary:
    'Makes a public link to a dashboard, or changes when it ends. The page shows sums only; groups of fewer than five people are hidden.',
  input: z.object({
    id: idInput('dashboard'),
    expiresInDays: z.number().int().min(1).max(3650).nullable().default(null).describe('Null: until it is revoked.'),
    indexed: z.boolean().default(false).describe('Search engines may list the page.'),
  }),
  output: linkOutput,
  async run(context, input) {
    const found = await holdDashboard(context, input.id);
    refusePersonal(found.cards);
    if (reportCards(found.cards).length === 0) throw conflict('dashboards.empty', 'There is nothing to show yet. Add a report first.');
    const expires = input.expiresInDays === null ? null : new Date(context.clock.now().getTime() + input.expiresInDays * 86_400_000);
    const open = await linkOf(context, found.id);
    if (open === null) {
      const token = randomBytes(24).toString('base64url');
      await context.db
        .insertInto('dashboard_link')
        .values({
          dashboard_id: found.id,
          token_hash: hashOf(token),
          token_sealed: context.secrets.seal(token),
          expires_at: expires,
          indexed: input.indexed,
          created_by: idOf(context.actor) ?? null,
          created_at: context.clock.now(),
        })
        .execute();
    } else {
      await context.db
        .updateTable('dashboard_link')
        .set({ expires_at: expires, indexed: input.indexed })
        .where('dashboard_id', '=', found.id)
        .where('revoked_at', 'is', null)
        .execute();
    }
    const until = expires === null ? '' : ` until ${expires.toISOString().slice(0, 10)}`;
    context.audit({ subject: showId('dashboard', found.id), summary: `Made the dashboard ${found.title} public${until}` });
    const link = await linkOf(context, found.id);
    if (link === null) throw new Error('The link that was just made is gone.');
    return link;
  },
});

export const unpublishDashboard = defineAction({
  name: 'dashboards.unpublish',
  kind: 'command',
  access: 'agent',
  summary: 'Revokes the public link of a dashboard, for good: a later one is another.',
  input: z.object({ id: idInput('dashboard') }),
  output: z.object({ id: z.string() }),
  async run(context, input) {
    const found = await holdDashboard(context, input.id);
    await context.db
      .updateTable('dashboard_link')
      .set({ revoked_at: context.clock.now() })
      .where('dashboard_id', '=', found.id)
      .where('revoked_at', 'is', null)
      .execute();
    const id = showId('dashboard', found.id);
    context.audit({ subject: id, summary: `Revoked the public link of the dashboard ${found.title}` });
    return { id };
  },
});

/** 192 random bits need no slow hash. */
function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}
