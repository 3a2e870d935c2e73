import type { Selectable } from 'kysely';
import { z } from 'zod';
import { hasRole, idOf, roleOf } from '../../../platform/access.ts';
import type { Context } from '../../../platform/context.ts';
import { forbidden, notFound } from '../../../platform/errors.ts';
import { showId } from '../../../platform/ids.ts';
import type { Dashboard as DashboardTable } from '../../../platform/schema.gen.ts';
import { askInput, cardInput } from './cards.ts';
import type { Card, StoredAsk } from './cards.ts';

export interface Dashboard {
  id: number;
  title: string;
  about: string;
  filters: StoredAsk;
  cards: Card[];
  ownerId: string | null;
  shared: boolean;
  version: number;
  updatedAt: Date;
  deletedAt: Date | null;
}

export function fromRow(row: Selectable<DashboardTable>): Dashboard {
  return {
    id: row.id,
    title: row.title,
    about: row.about,
    filters: askInput.catch({}).parse(row.filters),
    // A card of a report that is no more, or that asks what can no longer be asked, is left out rather than in the way.
    cards: z
      .array(z.unknown())
      .parse(row.cards)
      .flatMap((card) => cardInput.safeParse(card).data ?? []),
    ownerId: row.owner_id,
    shared: row.shared,
    version: row.version,
    updatedAt: row.updated_at,
    deletedAt: row.deleted_at,
  };
}

/** Those that the actor may see: shared ones and their own. */
export function selectDashboards(context: Context) {
  const me = idOf(context.actor);
  return (
    context.db
      .selectFrom('dashboard')
      .selectAll()
      // What the command line makes has no owner: it is the command line's own.
      .where((where) =>
        where.or([where('shared', '=', true), me === undefined ? where('owner_id', 'is', null) : where('owner_id', '=', me)]),
      )
  );
}

/** Errors: `not_found`, also for what somebody else keeps to themselves. */
export async function readDashboard(context: Context, id: number): Promise<Dashboard> {
  const row = await selectDashboards(context).where('id', '=', id).where('deleted_at', 'is', null).executeTakeFirst();
  if (row === undefined) throw notFound('dashboard', showId('dashboard', id));
  return fromRow(row);
}

/** One's own, or any shared one for a manager. */
export function mayChange(context: Context, { ownerId }: Pick<Dashboard, 'ownerId'>): boolean {
  if (!hasRole(roleOf(context.actor), 'agent')) return false;
  return (ownerId !== null && ownerId === idOf(context.actor)) || hasRole(roleOf(context.actor), 'manager');
}

/** A dashboard to be changed, held until the transaction ends. Errors: `not_found`, `forbidden`. */
export async function holdDashboard(context: Context, id: number, which: 'live' | 'deleted' = 'live'): Promise<Dashboard> {
  const row = await selectDashboards(context)
    .where('id', '=', id)
    .where('deleted_at', which === 'live' ? 'is' : 'is not', null)
    .forUpdate()
    .executeTakeFirst();
  if (row === undefined) throw notFound('dashboard', showId('dashboard', id));
  const found = fromRow(row);
  if (!mayChange(context, found))
    throw forbidden('Only the one who made this dashboard, or a manager, may change it. Duplicate it to have one of your own.');
  return found;
}

export async function insertDashboard(
  context: Context,
  values: Pick<Dashboard, 'title' | 'about' | 'filters' | 'cards' | 'shared'>,
): Promise<number> {
  const row = await context.db
    .insertInto('dashboard')
    .values({
      title: values.title,
      about: values.about,
      shared: values.shared,
      filters: JSON.stringify(values.filters),
      cards: JSON.stringify(values.cards),
      owner_id: idOf(context.actor) ?? null,
      created_at: context.clock.now(),
      updated_at: context.clock.now(),
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  return row.id;
}
