import { z } from 'zod';
import { defineAction } from '../../platform/action.ts';
import type { Context } from '../../platform/context.ts';
import { notFound } from '../../platform/errors.ts';
import { idInput, showId } from '../../platform/ids.ts';
import { readWorkspace } from '../access/index.ts';
import { loadPeople } from './people.ts';
import type { Person, ProfileField } from './people.ts';
import { mergeOutput, readMerges } from './merges.ts';
import { makeCard, shownName, shownRow } from './shown.ts';
import { noteLook } from './privacy/views.ts';
import { rootOf } from './store.ts';

const fieldOutput = z.object({
  value: z.string().nullable(),
  /** The row of the tree that it stands on. */
  member: z.string().nullable(),
  /** The source that said so; null when a person did, or nobody knows. */
  source: z.string().nullable(),
  locked: z.boolean(),
  by: z.string().nullable(),
  at: z.string().nullable(),
  /** What imports say while it is locked. */
  imported: z.string().nullable(),
});

const profileOutput = z.object({
  id: z.string(),
  /** The id that was asked for, when it was merged into this one. */
  askedFor: z.string().nullable(),
  name: z.string(),
  fields: z.object({ name: fieldOutput, avatarUrl: fieldOutput, location: fieldOutput, bio: fieldOutput, website: fieldOutput }),
  bot: z.enum(['human', 'suspected', 'bot']),
  botReason: z.string().nullable(),
  botDecidedBy: z.string().nullable(),
  team: z.boolean(),
  firstAt: z.date().nullable(),
  lastAt: z.date().nullable(),
  activities: z.number(),
  identities: z.array(
    z.object({
      id: z.string(),
      platform: z.string(),
      host: z.string(),
      type: z.enum(['email', 'account', 'name']),
      value: z.string(),
      formerValues: z.array(z.string()),
      name: z.string().nullable(),
      url: z.string().nullable(),
      /** The source that brought it first. */
      source: z.string().nullable(),
      since: z.date(),
      firstAt: z.date().nullable(),
      lastAt: z.date().nullable(),
      activities: z.number(),
      /** The merge that made it this person's, with why; null for the identity that the person was born with. */
      merge: mergeOutput.nullable(),
    }),
  ),
  affiliations: z.array(
    z.object({
      id: z.string(),
      organization: z.object({ id: z.string(), name: z.string(), kind: z.string() }),
      from: z.string().nullable(),
      to: z.string().nullable(),
      role: z.string().nullable(),
      origin: z.enum(['domain', 'profile', 'import', 'hand']),
    }),
  ),
  tags: z.array(z.string()),
  notes: z.array(
    z.object({
      id: z.string(),
      body: z.string(),
      author: z.string(),
      mine: z.boolean(),
      createdAt: z.date(),
      editedAt: z.date().nullable(),
    }),
  ),
  merges: z.array(mergeOutput),
});

export const getMember = defineAction({
  name: 'members.get',
  kind: 'query',
  access: 'light_agent',
  summary:
    'Shows a person whole: fields and where they came from, identities and why they belong together, affiliations, tags, notes, merges.',
  input: z.object({ id: idInput('member') }),
  output: profileOutput,
  async run(context, input) {
    const root = await rootOf(context.db, input.id);
    const profile = await readProfile(context, root, input.id);
    await noteLook(context, root);
    return profile;
  },
});

/** A person whole, without a trace in the audit trail. `askedFor`: the id that the link had. */
export async function readProfile(context: Context, root: number, askedFor: number): Promise<z.input<typeof profileOutput>> {
  const person = await readPerson(context, root);
  const memberIds = person.members.map((row) => row.id);
  const merges = await readMerges(context.db, { members: memberIds });
  const more = await context.db
    .selectFrom('identity')
    .select(['id', 'url', 'source_id', 'created_at'])
    .where('member_id', '=', root)
    .execute();
  const roles = await context.db.selectFrom('affiliation').select(['id', 'role']).where('member_id', 'in', memberIds).execute();
  const notes = await context.db
    .selectFrom('member_note')
    .selectAll()
    .where('member_id', 'in', memberIds)
    .orderBy('id', 'desc')
    .limit(500)
    .execute();
  const decided = await context.db
    .selectFrom('member')
    .select(['id', 'bot_reason', 'bot_decided_by', 'own_bot'])
    .where('root_id', '=', root)
    .execute();
  const said = decided.find((row) => row.bot_decided_by !== null) ?? decided.find((row) => row.own_bot !== 'human');
  const card = makeCard(person, context.clock.now().toISOString().slice(0, 10));
  const actor = 'id' in context.actor ? context.actor.id : null;
  return {
    id: showId('member', root),
    askedFor: askedFor === root ? null : showId('member', askedFor),
    name: shownName(person),
    fields: {
      name: showField(person, 'name'),
      avatarUrl: showField(person, 'avatar_url'),
      location: showField(person, 'location'),
      bio: showField(person, 'bio'),
      website: showField(person, 'website'),
    },
    bot: z.enum(['human', 'suspected', 'bot']).parse(card.bot),
    botReason: said?.bot_reason ?? null,
    botDecidedBy: said?.bot_decided_by ?? null,
    team: card.is_ours,
    firstAt: card.first_at,
    lastAt: card.last_at,
    activities: card.activities,
    identities: person.identities.map((row) => {
      const extra = more.find((one) => one.id === row.id);
      return {
        id: showId('identity', row.id),
        platform: row.platform,
        host: row.host,
        type: row.type,
        value: row.value,
        formerValues: row.former_values,
        name: row.name,
        url: extra?.url ?? null,
        source: extra?.source_id === null || extra === undefined ? null : showId('source', extra.source_id),
        since: extra?.created_at ?? new Date(0),
        firstAt: row.first_at,
        lastAt: row.last_at,
        activities: row.activities ?? 0,
        merge: merges.find((merge) => merge.undoneAt === null && merge.absorbed.id === showId('member', row.origin_member_id)) ?? null,
      };
    }),
    affiliations: person.affiliations
      .toSorted((a, b) => (b.to_day ?? '9999').localeCompare(a.to_day ?? '9999') || (b.from_day ?? '').localeCompare(a.from_day ?? ''))
      .map((row) => ({
        id: showId('affiliation', row.id),
        organization: { id: showId('organization', row.organization_id), name: row.organization, kind: row.kind },
        from: row.from_day,
        to: row.to_day,
        role: roles.find((one) => one.id === row.id)?.role ?? null,
        origin: z.enum(['domain', 'profile', 'import', 'hand']).parse(row.origin),
      })),
    tags: person.tags,
    notes: notes.map((row) => ({
      id: showId('note', row.id),
      body: row.body,
      author: row.author_name,
      mine: row.author_id !== null && row.author_id === actor,
      createdAt: row.created_at,
      editedAt: row.edited_at,
    })),
    merges,
  };
}

async function readPerson(context: Context, root: number): Promise<Person> {
  const { timeZone } = await readWorkspace(context.db);
  const person = (await loadPeople(context.tx?.client ?? context.database.pool, [root], timeZone)).get(root);
  if (person === undefined) throw notFound('member', showId('member', root));
  return person;
}

function showField(person: Person, field: ProfileField): z.input<typeof fieldOutput> {
  const row = shownRow(person.members, field);
  const provenance = row?.provenance[field];
  return {
    value: row?.[field] ?? null,
    member: row === undefined ? null : showId('member', row.id),
    source: provenance?.source === undefined || provenance.locked === true ? null : showId('source', provenance.source),
    locked: provenance?.locked === true,
    by: provenance?.by ?? null,
    at: provenance?.at ?? null,
    imported: provenance?.imported ?? null,
  };
}

/** Names in the API → columns. */
export const fieldColumns = {
  name: 'name',
  avatarUrl: 'avatar_url',
  location: 'location',
  bio: 'bio',
  website: 'website',
} as const satisfies Record<string, ProfileField>;
