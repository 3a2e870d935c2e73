import { sql } from 'kysely';
import { z } from 'zod';
import { nameOf } from '../../platform/access.ts';
import { defineAction } from '../../platform/action.ts';
import type { Context } from '../../platform/context.ts';
import type { Db } from '../../platform/db.ts';
import { conflict, invalidInput, notFound } from '../../platform/errors.ts';
import { idInput, showId } from '../../platform/ids.ts';
import { queueCards } from './jobs.ts';
import { findOrganization, markPeopleStale } from './organization-store.ts';
import { inside } from './store.ts';

/** What a merge of organizations moved: ids of rows, and rows that met themselves over there and went. */
const movedShape = z.object({
  affiliations: z.array(z.number()),
  domains: z.array(z.string()),
  aliases: z.array(z.string()),
  children: z.array(z.number()),
  /** The kept one hung below the one that went. */
  wasParent: z.boolean(),
  doubles: z.array(z.record(z.string(), z.unknown())),
  madeAlias: z.string().nullable(),
});

export const mergeOrganizations = defineAction({
  name: 'organizations.merge-into',
  kind: 'command',
  access: 'manager',
  summary:
    'Makes an organization another name of a second one: its people, domains and aliases move there. organizations.undo-merge takes it back.',
  input: z.object({ id: idInput('organization'), into: idInput('organization') }),
  output: z.object({ id: z.string(), merge: z.string() }),
  async run(context, input) {
    if (input.id === input.into) throw invalidInput('organizations.same', 'These are one organization already.');
    const gone = await findOrganization(context.db, input.id);
    const kept = await findOrganization(context.db, input.into);
    await markPeopleStale(context, gone.id);
    const moved = await moveAll(context, gone, kept);
    const made = await context.db
      .insertInto('organization_merge')
      .values({
        kept_id: kept.id,
        gone: JSON.stringify(gone),
        moved: JSON.stringify(moved),
        made_at: context.clock.now(),
        made_by: nameOf(context.actor),
      })
      .returning('id')
      .executeTakeFirstOrThrow();
    await queueCards(context);
    const subject = showId('organization', kept.id);
    context.audit({ subject, summary: `Merged the organization ${gone.name} into ${kept.name}`, before: gone });
    return { id: subject, merge: showId('joining', made.id) };
  },
});

type Organization = Awaited<ReturnType<typeof findOrganization>>;

async function moveAll(context: Context, gone: Organization, kept: Organization): Promise<z.output<typeof movedShape>> {
  const { client } = inside(context);
  const ids = [gone.id, kept.id];
  const touched = 'revision = pg_current_xact_id()::text::bigint';
  const list = async (text: string, values: unknown[] = ids) =>
    (await client.query<{ one: never }>(text, values)).rows.map((row) => row.one);
  const doubles = await list(
    `delete from affiliation a using affiliation k where a.organization_id = $1 and k.organization_id = $2
       and a.identity_id = k.identity_id and a.origin = k.origin and (a.origin = 'domain' or a.said_from is not distinct from k.said_from)
     returning to_jsonb(a.*) as one`,
  );
  const affiliations = await list(`update affiliation set organization_id = $2, ${touched} where organization_id = $1 returning id as one`);
  const domains = await list('update organization_domain set organization_id = $2 where organization_id = $1 returning domain as one');
  const aliases = await list('update organization_alias set organization_id = $2 where organization_id = $1 returning alias_key as one');
  await client.query(
    `insert into affiliation_removed select identity_id, $2, origin, said_from, removed_at, removed_by from affiliation_removed where organization_id = $1
     on conflict do nothing`,
    ids,
  );
  const children = await list(`update organization set parent_id = $2, ${touched} where parent_id = $1 and id <> $2 returning id as one`);
  const unhung = await list(`update organization set parent_id = null, ${touched} where id = $2 and parent_id = $1 returning id as one`);
  // Merges that were made into the one that goes stay: undoing this one first gives them back.
  await client.query('update organization_merge set kept_id = $2 where kept_id = $1', ids);
  await client.query('delete from organization where id = $1', [gone.id]);
  const [madeAlias = null] = await list(
    'insert into organization_alias (alias, alias_key, organization_id) values ($1, $2, $3) on conflict do nothing returning alias_key as one',
    [gone.name, gone.name_key, kept.id],
  );
  return { affiliations, domains, aliases, children, wasParent: unhung.length > 0, doubles, madeAlias };
}

export const undoOrganizationMerge = defineAction({
  name: 'organizations.undo-merge',
  kind: 'command',
  access: 'manager',
  summary: 'Takes apart two organizations that were merged: what moved goes back, what came since stays.',
  input: z.object({ merge: idInput('joining') }),
  output: z.object({ id: z.string(), freed: z.string() }),
  async run(context, input) {
    const row = await context.db.selectFrom('organization_merge').selectAll().where('id', '=', input.merge).forUpdate().executeTakeFirst();
    if (row === undefined) throw notFound('merge', showId('joining', input.merge));
    if (row.undone_at !== null)
      throw conflict('organizations.unmerged_already', `This was undone already${row.undone_by === null ? '' : ` by ${row.undone_by}`}.`);
    const freed = await moveBack(
      context,
      row.kept_id,
      z.looseObject({ id: z.number(), name: z.string(), name_key: z.string() }).parse(row.gone),
      movedShape.parse(row.moved),
    );
    await context.db
      .updateTable('organization_merge')
      .set({ undone_at: context.clock.now(), undone_by: nameOf(context.actor) })
      .where('id', '=', row.id)
      .execute();
    await markPeopleStale(context, freed);
    await markPeopleStale(context, row.kept_id);
    await queueCards(context);
    const [kept, again] = [await findOrganization(context.db, row.kept_id), await findOrganization(context.db, freed)];
    context.audit({ subject: showId('organization', kept.id), summary: `Took the organization ${again.name} out of ${kept.name} again` });
    return { id: showId('organization', kept.id), freed: showId('organization', freed) };
  },
});

async function moveBack(
  context: Context,
  keptId: number,
  gone: { id: number; name: string; name_key: string; [column: string]: unknown },
  moved: z.output<typeof movedShape>,
): Promise<number> {
  const { client } = inside(context);
  const touched = 'revision = pg_current_xact_id()::text::bigint';
  const taken = await client.query('select 1 from organization where id = $1 or name_key = $2', [gone.id, gone.name_key]);
  if (taken.rowCount !== 0)
    throw conflict('organizations.name_taken', `There is another organization called ${gone.name} by now. Rename that one first.`);
  if (moved.madeAlias !== null)
    await client.query('delete from organization_alias where alias_key = $1 and organization_id = $2', [moved.madeAlias, keptId]);
  await client.query(
    `insert into organization overriding system value
     select (jsonb_populate_record(null::organization, $1::jsonb || jsonb_build_object('revision', pg_current_xact_id()::text::bigint,
       'parent_id', (select id from organization where id = ($1::jsonb ->> 'parent_id')::int)))).*`,
    [JSON.stringify(gone)],
  );
  // Only what still is where it was moved to: what somebody changed since stays changed.
  await client.query(`update affiliation set organization_id = $1, ${touched} where id = any($2::int[]) and organization_id = $3`, [
    gone.id,
    moved.affiliations,
    keptId,
  ]);
  await client.query('update organization_domain set organization_id = $1 where domain = any($2::text[]) and organization_id = $3', [
    gone.id,
    moved.domains,
    keptId,
  ]);
  await client.query('update organization_alias set organization_id = $1 where alias_key = any($2::text[]) and organization_id = $3', [
    gone.id,
    moved.aliases,
    keptId,
  ]);
  await client.query(`update organization set parent_id = $1, ${touched} where id = any($2::int[]) and parent_id = $3`, [
    gone.id,
    moved.children,
    keptId,
  ]);
  if (moved.wasParent)
    await client.query(`update organization set parent_id = $1, ${touched} where id = $2 and parent_id is null`, [gone.id, keptId]);
  await client.query(
    `insert into affiliation (member_id, organization_id, from_day, to_day, role, origin, identity_id, said_from, fixed_by, created_at)
     select member_id, organization_id, from_day, to_day, role, origin, identity_id, said_from, fixed_by, created_at
     from jsonb_populate_recordset(null::affiliation, $1::jsonb) a where exists (select from member m where m.id = a.member_id)
     on conflict do nothing`,
    [JSON.stringify(moved.doubles)],
  );
  return gone.id;
}

/** What was merged into an organization and can be taken out again, the latest first. */
export async function readOrganizationMerges(
  db: Db,
  id: number,
): Promise<{ id: string; name: string; madeAt: Date; madeBy: string | null }[]> {
  const rows = await db
    .selectFrom('organization_merge')
    .select(['id', 'made_at', 'made_by', sql<string>`gone ->> 'name'`.as('name')])
    .where('kept_id', '=', id)
    .where('undone_at', 'is', null)
    .orderBy('id', 'desc')
    .execute();
  return rows.map((row) => ({ id: showId('joining', row.id), name: row.name, madeAt: row.made_at, madeBy: row.made_by }));
}
