import { sql } from 'kysely';
import { z } from 'zod';
import { nameOf } from '../../../platform/access.ts';
import { defineAction } from '../../../platform/action.ts';
import type { Context } from '../../../platform/context.ts';
import type { Db } from '../../../platform/db.ts';
import { conflict, invalidInput, notFound } from '../../../platform/errors.ts';
import { idInput, showId } from '../../../platform/ids.ts';
import { normaliseIdentity } from '../identities.ts';
import { inside, namesOf, rootOf } from '../store.ts';
import { parseConsents } from './consent-file.ts';

const states = ['given', 'refused', 'withdrawn'] as const;
const stateInput = z.enum(states).describe('given; refused when they were asked and said no; withdrawn when they took it back.');
const sourceInput = z.string().trim().min(1, 'is empty').max(300).describe('Where they said so: a form, a mail, a conversation.');

/** The latest word for each purpose over the whole tree: a table that segments may read, `consent`, holds the same by member row. */
export async function readConsents(db: Db, root: number) {
  const { rows } = await sql<{
    purpose_id: number;
    state: string;
    source: string;
    at: Date;
  }>`select distinct on (c.purpose_id) c.purpose_id, c.state, c.source, c.at from consent c join member m on m.id = c.member_id
     where m.root_id = ${root} order by c.purpose_id, c.at desc, c.state <> 'given' desc`.execute(db);
  return rows;
}

export async function readConsentChanges(db: Db, root: number) {
  return db
    .selectFrom('consent_change as c')
    .innerJoin('member as m', 'm.id', 'c.member_id')
    .innerJoin('consent_purpose as p', 'p.id', 'c.purpose_id')
    .select(['c.state', 'c.source', 'c.at', 'c.noted_at', 'c.noted_by', 'p.name as purpose'])
    .where('m.root_id', '=', root)
    .orderBy('c.id', 'desc')
    .limit(1000)
    .execute();
}

export const listConsents = defineAction({
  name: 'members.consents',
  kind: 'query',
  access: 'light_agent',
  summary: 'Shows what a person agreed to, for each purpose, with where and when they said so, and how it came to that.',
  input: z.object({ id: idInput('member') }),
  output: z.object({
    consents: z.array(
      z.object({
        purpose: z.object({ id: z.string(), name: z.string(), description: z.string() }),
        state: z.enum(states).nullable().describe('Null: never asked, which is no consent.'),
        source: z.string().nullable(),
        at: z.date().nullable(),
      }),
    ),
    history: z.array(
      z.object({ purpose: z.string(), state: z.enum(states), source: z.string(), at: z.date(), notedAt: z.date(), notedBy: z.string() }),
    ),
  }),
  async run(context, input) {
    const root = await rootOf(context.db, input.id);
    const said = new Map((await readConsents(context.db, root)).map((row) => [row.purpose_id, row]));
    const history = await readConsentChanges(context.db, root);
    return {
      consents: (await selectPurposes(context.db)).map((purpose) => {
        const row = said.get(purpose.id);
        return {
          purpose: { id: showId('purpose', purpose.id), name: purpose.name, description: purpose.description },
          state: row === undefined ? null : z.enum(states).parse(row.state),
          source: row?.source ?? null,
          at: row?.at ?? null,
        };
      }),
      history: history.map((row) => ({
        purpose: row.purpose,
        state: z.enum(states).parse(row.state),
        source: row.source,
        at: row.at,
        notedAt: row.noted_at,
        notedBy: row.noted_by,
      })),
    };
  },
});

function selectPurposes(db: Db) {
  return db
    .selectFrom('consent_purpose')
    .select(['id', 'name', 'description'])
    .where('removed_at', 'is', null)
    .orderBy('position')
    .orderBy('id')
    .execute();
}

interface Word {
  member: number;
  purpose: number;
  state: (typeof states)[number];
  source: string;
  at: Date;
}

/** Notes what people said. What is older than what is known goes into the history only. */
async function noteConsents(context: Context, words: readonly Word[]): Promise<void> {
  const tx = inside(context);
  const values = [
    words.map((w) => w.member),
    words.map((w) => w.purpose),
    words.map((w) => w.state),
    words.map((w) => w.source),
    words.map((w) => w.at),
  ];
  const given = 'unnest($1::int[], $2::int[], $3::text[], $4::text[], $5::timestamptz[]) u (member_id, purpose_id, state, source, at)';
  await tx.client.query(
    `insert into consent_change (member_id, purpose_id, state, source, at, noted_at, noted_by) select u.*, $6, $7 from ${given}`,
    [...values, context.clock.now(), nameOf(context.actor)],
  );
  await tx.client.query(
    `insert into consent as c (member_id, purpose_id, state, source, at)
     select distinct on (member_id, purpose_id) * from ${given} order by member_id, purpose_id, at desc
     on conflict (member_id, purpose_id) do update set state = excluded.state, source = excluded.source, at = excluded.at where c.at <= excluded.at`,
    values,
  );
}

export const setConsent = defineAction({
  name: 'members.set-consent',
  kind: 'command',
  access: 'agent',
  summary: 'Notes that a person gave, refused or withdrew consent to a purpose, with where and when they said so.',
  input: z.object({
    id: idInput('member'),
    purpose: idInput('purpose'),
    state: stateInput,
    source: sourceInput,
    at: z.coerce.date().optional().describe('When they said so; now when left out.'),
  }),
  output: z.object({ id: z.string() }),
  async run(context, input) {
    const root = await rootOf(context.db, input.id);
    const purpose = (await selectPurposes(context.db)).find((one) => one.id === input.purpose);
    if (purpose === undefined) throw notFound('purpose', showId('purpose', input.purpose));
    const now = context.clock.now();
    const at = input.at ?? now;
    if (at > now)
      throw invalidInput('consent.future', 'The day on which they said so lies in the future. Enter the day on which it happened.');
    await noteConsents(context, [{ member: root, purpose: purpose.id, state: input.state, source: input.source, at }]);
    const name = await namesOf(context.db, [root]);
    const subject = showId('member', root);
    context.audit({
      subject,
      summary: `${name(root)}: ${purpose.name} ${input.state}`,
      after: { purpose: purpose.name, state: input.state, source: input.source, at },
    });
    await context.fact('member.consent-changed', { memberId: root, purpose: purpose.name, state: input.state });
    return { id: subject };
  },
});

export const consentPurposes = defineAction({
  name: 'members.consent-purposes',
  kind: 'query',
  access: 'light_agent',
  summary: 'Lists what people are asked for consent to, with how many gave it.',
  input: z.object({}),
  output: z.object({ purposes: z.array(z.object({ id: z.string(), name: z.string(), description: z.string(), given: z.number() })) }),
  async run(context) {
    const { rows } = await sql<{ purpose_id: number; n: number }>`
      select purpose_id, count(*) as n from (
        select distinct on (m.root_id, c.purpose_id) c.purpose_id, c.state from consent c join member m on m.id = c.member_id
        order by m.root_id, c.purpose_id, c.at desc, c.state <> 'given' desc) latest
      where state = 'given' group by 1`.execute(context.db);
    const given = new Map(rows.map((row) => [row.purpose_id, row.n]));
    return {
      purposes: (await selectPurposes(context.db)).map(({ id, name, description }) => ({
        id: showId('purpose', id),
        name,
        description,
        given: given.get(id) ?? 0,
      })),
    };
  },
});

export const updatePurposes = defineAction({
  name: 'members.update-consent-purposes',
  kind: 'command',
  access: 'manager',
  summary: 'Replaces the list of purposes. One that is left out is not asked for any more; what people said about it is kept.',
  input: z.object({
    purposes: z
      .array(
        z.object({
          id: idInput('purpose').optional().describe('Left out for a new one.'),
          name: z.string().trim().min(1, 'is empty').max(80),
          description: z.string().trim().max(300).default(''),
        }),
      )
      .max(50),
  }),
  output: z.object({ purposes: z.number() }),
  async run(context, input) {
    const names = new Set(input.purposes.map((one) => one.name.toLowerCase()));
    if (names.size < input.purposes.length) throw conflict('consent.same_name', 'Two purposes have the same name. Give each its own.');
    const before = await selectPurposes(context.db);
    const kept = new Set(input.purposes.flatMap((one) => one.id ?? []));
    const gone = before.filter((one) => !kept.has(one.id));
    if (gone.length > 0)
      await context.db
        .updateTable('consent_purpose')
        .set({ removed_at: context.clock.now() })
        .where(
          'id',
          'in',
          gone.map((one) => one.id),
        )
        .execute();
    // Two that swap their names meet in the index: each first steps aside.
    for (const id of kept)
      await context.db
        .updateTable('consent_purpose')
        .set({ name: `moving ${id}` })
        .where('id', '=', id)
        .execute();
    for (const [place, { id, name, description }] of input.purposes.entries()) {
      const row = { name, description, position: place + 1 };
      if (id === undefined) await context.db.insertInto('consent_purpose').values(row).execute();
      else if (before.some((one) => one.id === id)) await context.db.updateTable('consent_purpose').set(row).where('id', '=', id).execute();
      else throw notFound('purpose', showId('purpose', id));
    }
    context.audit({
      subject: 'privacy',
      summary: 'Changed what people are asked for consent to',
      before: before.map((one) => one.name),
      after: input.purposes.map((one) => one.name),
    });
    return { purposes: input.purposes.length };
  },
});

const contentInput = z
  .string()
  .min(1, 'is empty')
  .max(8_000_000)
  .describe('CSV with a heading: email, state (given, refused, withdrawn, or what mailing tools call them) and maybe date (2026-03-01).');
const refusedOutput = z.array(z.object({ line: z.number(), reason: z.string() })).describe('The first 1,000.');

export const planConsents = defineAction({
  name: 'members.plan-consents',
  kind: 'query',
  access: 'manager',
  summary: 'Says what importing a file of consents would note, and which of its lines it would refuse.',
  input: z.object({ content: contentInput }),
  output: z.object({
    given: z.number().describe('People of whom consent would be noted.'),
    refusing: z.number(),
    withdrawn: z.number(),
    unknown: z.number().describe('Addresses that belong to nobody here: nothing would be kept of them.'),
    refused: refusedOutput,
    refusedCount: z.number(),
  }),
  async run(context, input) {
    const { lines, refused } = parseConsents(input.content);
    const found = await findMembers(context, lines);
    const count = (state: Word['state']): number => found.filter(({ row }) => row.state === state).length;
    return {
      given: count('given'),
      refusing: count('refused'),
      withdrawn: count('withdrawn'),
      unknown: lines.length - found.length,
      refused: refused.slice(0, 1000),
      refusedCount: refused.length,
    };
  },
});

export const importConsents = defineAction({
  name: 'members.import-consents',
  kind: 'command',
  access: 'manager',
  summary: 'Notes consent for many people at once, by their e-mail addresses: from rows, or from a file as a mailing tool exports it.',
  input: z
    .object({
      purpose: idInput('purpose'),
      source: sourceInput,
      rows: z
        .array(z.object({ email: z.string().trim().max(320), state: stateInput, at: z.coerce.date().optional() }))
        .min(1)
        .max(10_000)
        .optional(),
      content: contentInput.optional(),
    })
    .refine(({ rows, content }) => (rows === undefined) !== (content === undefined), 'needs either rows or content'),
  output: z.object({
    noted: z.number(),
    unknown: z.number().describe('Addresses that belong to nobody here: nothing is kept of them.'),
    refused: refusedOutput.describe('Lines of the content that could not be read: the first 1,000.'),
  }),
  async run(context, input) {
    const purpose = (await selectPurposes(context.db)).find((one) => one.id === input.purpose);
    if (purpose === undefined) throw notFound('purpose', showId('purpose', input.purpose));
    const { lines, refused } = input.content === undefined ? { lines: input.rows ?? [], refused: [] } : parseConsents(input.content);
    const now = context.clock.now();
    const found = await findMembers(context, lines);
    const words = found.map(({ row: { state, at }, member }) => ({
      member,
      purpose: purpose.id,
      state,
      source: input.source,
      at: at !== undefined && at < now ? at : now,
    }));
    if (words.length > 0) await noteConsents(context, words);
    context.audit({ subject: 'privacy', summary: `Noted ${purpose.name} for ${words.length} people, from ${input.source}` });
    return { noted: words.length, unknown: lines.length - words.length, refused: refused.slice(0, 1000) };
  },
});

/** Whose addresses these are, as far as they are anybody's here. */
async function findMembers<Row extends { email: string }>(context: Context, rows: readonly Row[]): Promise<{ row: Row; member: number }[]> {
  const keys = rows.map((row) => normaliseIdentity({ platform: 'email', type: 'email', value: row.email }));
  const { rows: found } = await sql<{ place: number; member: number }>`
    select w.n::int as place, i.member_id as member
    from unnest(${keys.map((k) => k.platform)}::text[], ${keys.map((k) => k.host)}::text[], ${keys.map((k) => k.type)}::text[], ${keys.map((k) => k.valueKey)}::text[])
      with ordinality w (platform, host, type, value_key, n)
    join identity i on i.platform = w.platform and i.host = w.host and i.type = w.type and i.value_key = w.value_key`.execute(context.db);
  return found.flatMap(({ place, member }) => {
    const row = rows[place - 1];
    return row === undefined ? [] : [{ row, member }];
  });
}
