import { sql } from 'kysely';
import { z } from 'zod';
import { nameOf } from '../../platform/access.ts';
import { defineAction } from '../../platform/action.ts';
import type { Context } from '../../platform/context.ts';
import { conflict, invalidInput } from '../../platform/errors.ts';
import { idInput, showId } from '../../platform/ids.ts';
import type { Identity } from '../../connectors/contract.ts';
import { fieldColumns } from './get.ts';
import { addHandAffiliation } from './affiliations.ts';
import type { ProfileField, Provenance } from './people.ts';
import { refuseSuppressed } from './privacy/list.ts';
import { createResolver } from './resolver.ts';
import { inside, namesOf, rootOf, rootsOf, settle, thisRevision } from './store.ts';
import { cleanLine, cleanText } from './text.ts';
import { joinTrees, lockTrees } from './trees.ts';

const line = z
  .string()
  .transform((text) => cleanLine(text))
  .nullable();
const address = z
  .url({ protocol: /^https?$/, error: 'is a web address: https://…' })
  .max(2000)
  .nullable();

const fields = {
  name: z
    .string()
    .transform((text) => cleanLine(text))
    .pipe(z.string().min(1, 'is empty'))
    .optional(),
  avatarUrl: address.optional(),
  location: line.optional(),
  bio: z
    .string()
    .transform((text) => cleanText(text))
    .nullable()
    .optional(),
  website: address.optional(),
};
const fieldNames = ['name', 'avatarUrl', 'location', 'bio', 'website'] as const;

export const updateMember = defineAction({
  name: 'members.update',
  kind: 'command',
  access: 'agent',
  summary: 'Changes what is shown of a person. What was changed is locked: imports leave it alone until it is unlocked.',
  input: z.object({ id: idInput('member'), ...fields }),
  output: z.object({ id: z.string(), changed: z.array(z.enum(fieldNames)) }),
  async run(context, input) {
    const root = await rootOf(context.db, input.id);
    const row = await context.db.selectFrom('member').selectAll().where('id', '=', root).forUpdate().executeTakeFirstOrThrow();
    const provenance = readProvenance(row.provenance);
    const before: Record<string, string | null> = {};
    const after: Record<string, string | null> = {};
    const values: Partial<Record<ProfileField, string | null>> = {};
    for (const name of fieldNames) {
      const given = input[name];
      if (given === undefined) continue;
      const value = given === '' ? null : given;
      const column = fieldColumns[name];
      const was = provenance[column];
      if (was?.locked === true && row[column] === value) continue;
      before[name] = row[column];
      after[name] = value;
      values[column] = value;
      const imported = was?.locked === true ? was.imported : row[column];
      provenance[column] = {
        locked: true,
        by: nameOf(context.actor),
        at: context.clock.now().toISOString(),
        ...(typeof imported === 'string' ? { imported } : {}),
        ...(was?.source === undefined ? {} : { source: was.source }),
      };
    }
    const changed = fieldNames.filter((name) => name in after);
    if (changed.length > 0) {
      await context.db
        .updateTable('member')
        .set({ ...values, provenance: JSON.stringify(provenance), revision: thisRevision })
        .where('id', '=', root)
        .execute();
      await settle(context, [root]);
      const name = await namesOf(context.db, [root]);
      context.audit({ subject: showId('member', root), summary: `Changed ${changed.join(', ')} of ${name(root)}`, before, after });
    }
    return { id: showId('member', root), changed };
  },
});

function readProvenance(stored: unknown): Partial<Record<ProfileField, Provenance>> {
  return { ...(stored as Partial<Record<ProfileField, Provenance>>) };
}

export const unlockField = defineAction({
  name: 'members.unlock-field',
  kind: 'command',
  access: 'agent',
  summary: 'Lets imports write a field again that a person had fixed; it goes back to what they say.',
  input: z.object({ id: idInput('member'), field: z.enum(fieldNames) }),
  output: z.object({ id: z.string(), value: z.string().nullable() }),
  async run(context, input) {
    const root = await rootOf(context.db, input.id);
    const column = fieldColumns[input.field];
    const rows = await context.db
      .selectFrom('member')
      .selectAll()
      .where('root_id', '=', root)
      .orderBy(sql`id <> ${root}`)
      .orderBy('id')
      .forUpdate()
      .execute();
    const row = rows.find((one) => readProvenance(one.provenance)[column]?.locked === true);
    if (row === undefined) throw conflict('members.not_locked', `The ${input.field} is not locked: imports write it already.`);
    const { [column]: was, ...rest } = readProvenance(row.provenance);
    const value = was?.imported ?? null;
    const provenance =
      value === null
        ? rest
        : { ...rest, [column]: { ...(was?.source === undefined ? {} : { source: was.source }), at: context.clock.now().toISOString() } };
    await context.db
      .updateTable('member')
      .set({ [column]: value, provenance: JSON.stringify(provenance), revision: thisRevision })
      .where('id', '=', row.id)
      .execute();
    await settle(context, [root]);
    context.audit({
      subject: showId('member', root),
      summary: `Unlocked ${input.field}`,
      before: { [input.field]: row[column] },
      after: { [input.field]: value },
    });
    return { id: showId('member', root), value };
  },
});

const tagInput = z
  .string()
  .transform((text) => cleanLine(text, 60).toLowerCase())
  .pipe(z.string().min(1, 'is empty'));
const manyMembers = z.array(idInput('member')).min(1).max(1000);

async function changeTags(context: Context, input: { members: number[]; tags: string[] }, add: boolean): Promise<{ changed: number }> {
  const roots = await rootsOf(context.db, input.members);
  const rows = roots.flatMap((member_id) => input.tags.map((tag) => ({ member_id, tag })));
  let changed: number;
  if (add) {
    const held = await context.db
      .selectFrom('member_tag as t')
      .innerJoin('member as m', 'm.id', 't.member_id')
      .select(['m.root_id', 't.tag'])
      .where('m.root_id', 'in', roots)
      .execute();
    const has = new Set(held.map((row) => `${row.root_id} ${row.tag}`));
    const missing = rows.filter((row) => !has.has(`${row.member_id} ${row.tag}`));
    if (missing.length > 0)
      await context.db
        .insertInto('member_tag')
        .values(missing)
        .onConflict((c) => c.doNothing())
        .execute();
    changed = missing.length;
  } else {
    // From every row of the tree: whoever takes a tag off a person does not want it back by another row.
    const removed = await context.db
      .deleteFrom('member_tag')
      .where('tag', 'in', input.tags)
      .where('member_id', 'in', (query) => query.selectFrom('member').select('id').where('root_id', 'in', roots))
      .returning('tag')
      .execute();
    changed = removed.length;
  }
  await settle(context, roots);
  const name = await namesOf(context.db, roots);
  const whom = roots.length === 1 ? name(roots[0] ?? 0) : `${roots.length} members`;
  context.audit({
    ...(roots.length === 1 ? { subject: showId('member', roots[0] ?? 0) } : {}),
    summary: `${add ? 'Tagged' : 'Untagged'} ${whom}: ${input.tags.join(', ')}`,
    after: { members: roots.map((id) => showId('member', id)), tags: input.tags },
  });
  return { changed };
}

export const tagMembers = defineAction({
  name: 'members.tag',
  kind: 'command',
  access: 'agent',
  summary: 'Gives tags to members.',
  input: z.object({ members: manyMembers, tags: z.array(tagInput).min(1).max(20) }),
  output: z.object({ changed: z.number() }),
  run: (context, input) => changeTags(context, input, true),
});

export const untagMembers = defineAction({
  name: 'members.untag',
  kind: 'command',
  access: 'agent',
  summary: 'Takes tags off members.',
  input: z.object({ members: manyMembers, tags: z.array(tagInput).min(1).max(20) }),
  output: z.object({ changed: z.number() }),
  run: (context, input) => changeTags(context, input, false),
});

export const listTags = defineAction({
  name: 'members.tags',
  kind: 'query',
  access: 'light_agent',
  summary: 'Lists the tags in use, with how many people carry each.',
  input: z.object({}),
  output: z.object({ tags: z.array(z.object({ tag: z.string(), members: z.number() })) }),
  async run(context) {
    const tags = await context.db
      .selectFrom('member_tag as t')
      .innerJoin('member as m', 'm.id', 't.member_id')
      .select(['t.tag', sql<number>`count(distinct m.root_id)`.as('members')])
      .groupBy('t.tag')
      .orderBy('t.tag')
      .limit(1000)
      .execute();
    return { tags };
  },
});

export const createMember = defineAction({
  name: 'members.create',
  kind: 'command',
  access: 'agent',
  summary: 'Adds a person by hand, with the addresses and accounts that are known.',
  input: z.object({
    name: z
      .string()
      .transform((text) => cleanLine(text))
      .pipe(z.string().min(1, 'is empty')),
    emails: z.array(z.email()).max(20).default([]),
    accounts: z
      .array(z.object({ platform: z.string().min(1).max(60), host: z.string().max(200).optional(), value: z.string().min(1).max(300) }))
      .max(20)
      .default([]),
    location: line.optional(),
    bio: fields.bio,
    website: fields.website,
    organization: z.string().max(200).optional().describe('Name of an organization; made if there is none.'),
    tags: z.array(tagInput).max(20).default([]),
  }),
  output: z.object({ id: z.string() }),
  async run(context, input) {
    const now = context.clock.now();
    const identities: Identity[] = [
      ...input.emails.map((value) => ({ platform: 'email', type: 'email' as const, value })),
      ...input.accounts.map(({ platform, host, value }) => ({
        platform,
        type: 'account' as const,
        value,
        ...(host === undefined ? {} : { host }),
      })),
    ];
    await lockTrees(inside(context));
    const born = await bearIdentities(context, identities);
    const stamp = { locked: true, by: nameOf(context.actor), at: now.toISOString() };
    const values = { name: input.name, location: input.location ?? null, bio: input.bio ?? null, website: input.website ?? null };
    const provenance = JSON.stringify(
      Object.fromEntries(Object.entries(values).flatMap(([name, value]) => (value === null ? [] : [[name, stamp]]))),
    );
    const [first, ...others] = born;
    let root: number;
    if (first === undefined) {
      const id = sql<number>`nextval('member_id_seq')::int`;
      const made = await sql<{ id: number }>`
        with fresh as (select ${id} as id)
        insert into member (id, root_id, name, location, bio, website, provenance, created_at) overriding system value
        select id, id, ${values.name}, ${values.location}, ${values.bio}, ${values.website}, ${provenance}::jsonb, ${now} from fresh returning id`.execute(
        context.db,
      );
      root = made.rows[0]?.id ?? 0;
    } else {
      root = first;
      await context.db
        .updateTable('member')
        .set({ ...values, provenance, revision: thisRevision })
        .where('id', '=', root)
        .execute();
    }
    await joinTrees(
      inside(context),
      others.map((absorbed) => ({ absorbed, survivor: root, cause: 'hand', reason: `${nameOf(context.actor)} added them together` })),
      nameOf(context.actor),
      now,
    );
    if (input.tags.length > 0)
      await context.db
        .insertInto('member_tag')
        .values([...new Set(input.tags)].map((tag) => ({ member_id: root, tag })))
        .execute();
    if (input.organization !== undefined) await addHandAffiliation(context, root, { organization: input.organization });
    await settle(context, [root]);
    const id = showId('member', root);
    context.audit({
      subject: id,
      summary: `Added ${input.name}`,
      after: { ...values, identities: identities.map((one) => one.value), tags: input.tags },
    });
    return { id };
  },
});

export const addIdentity = defineAction({
  name: 'members.add-identity',
  kind: 'command',
  access: 'agent',
  summary: 'Adds an address or account to a person by hand. One that is known already belongs to somebody: merge the two instead.',
  input: z.object({
    member: idInput('member'),
    type: z.enum(['email', 'account']),
    platform: z.string().min(1).max(60).default('email'),
    host: z.string().max(200).optional(),
    value: z.string().trim().min(1).max(300),
  }),
  output: z.object({ id: z.string() }),
  async run(context, input) {
    await lockTrees(inside(context));
    const root = await rootOf(context.db, input.member);
    const { type, platform, host, value } = input;
    const [born] = await bearIdentities(context, [{ type, platform, value, ...(host === undefined ? {} : { host }) }]);
    if (born === undefined) throw new Error('The identity was not made.');
    const who = nameOf(context.actor);
    await joinTrees(
      inside(context),
      [{ absorbed: born, survivor: root, cause: 'hand', reason: `${who} added it` }],
      who,
      context.clock.now(),
    );
    await settle(context, [root]);
    context.audit({ subject: showId('member', root), summary: `Added ${value}`, after: { type, platform, host, value } });
    return { id: showId('member', root) };
  },
});

/** Makes identities that must be new; returns the members that they were born with. Errors: `members.identity_taken`, `members.suppressed`. */
async function bearIdentities(context: Context, identities: readonly Identity[]): Promise<number[]> {
  if (identities.length === 0) return [];
  const tx = inside(context);
  await refuseSuppressed(context, identities);
  const resolver = createResolver();
  const ids = [...new Set(await resolver.resolve(tx, identities, undefined, context.clock.now()))];
  await resolver.finish(tx);
  const rows = await context.db
    .selectFrom('identity')
    .select(['id', 'value', 'member_id', 'origin_member_id', sql<boolean>`revision = ${thisRevision}`.as('fresh')])
    .where('id', 'in', ids)
    .execute();
  const taken = rows.find((row) => !row.fresh);
  if (taken !== undefined) {
    throw conflict(
      'members.identity_taken',
      `${taken.value} belongs to ${showId('member', taken.member_id)} already. Open that member, or merge the two.`,
    );
  }
  if (rows.length === 0) throw invalidInput('members.identity', 'Give an address or an account.');
  return ids.flatMap((id) => rows.find((row) => row.id === id)?.origin_member_id ?? []);
}
