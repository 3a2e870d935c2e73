import { sql } from 'kysely';
import { z } from 'zod';
import { defineAction } from '../../platform/action.ts';
import type { Context } from '../../platform/context.ts';
import type { Db } from '../../platform/db.ts';
import { conflict, invalidInput, notFound } from '../../platform/errors.ts';
import { idInput, showId } from '../../platform/ids.ts';
import { pageInput, readCursor, writeCursor } from '../../platform/page.ts';
import { isPublicDomain, normaliseDomain } from './domains.ts';
import { addDomains, markDomainStale, organizationKey } from './organizations.ts';
import { readOrganizationMerges } from './organization-merges.ts';
import { findOrganization, markPeopleStale } from './organization-store.ts';
import { queueCards } from './jobs.ts';
import { inside, thisRevision } from './store.ts';
import { cleanLine, foldToLatin, words } from './text.ts';

const kinds = ['company', 'university', 'project', 'ours'] as const;
const nameInput = z
  .string()
  .transform((text) => cleanLine(text))
  .pipe(z.string().min(1, 'is empty'));
const domainInput = z.string().transform((text, check) => {
  const domain = normaliseDomain(text);
  if (domain === undefined) {
    check.addIssue({ code: 'custom', message: 'is not a domain such as acme.com' });
    return z.NEVER;
  }
  return domain;
});

const summaryOutput = z.object({
  id: z.string(),
  name: z.string(),
  kind: z.enum(kinds),
  domains: z.array(z.string()),
  members: z.number().describe('People who belong there now, without bots.'),
  activities: z.number().describe('All activities of these people.'),
});

export const listOrganizations = defineAction({
  name: 'organizations.list',
  kind: 'query',
  access: 'light_agent',
  summary: 'Lists organizations with how many people belong there now, by search and kind.',
  input: z.object({
    search: z.string().max(200).optional(),
    kind: z.enum(kinds).optional(),
    sort: z.enum(['members', 'activities', 'name']).default('members'),
    ...pageInput,
  }),
  output: z.object({ organizations: z.array(summaryOutput), next: z.string().nullable() }),
  async run(context, input) {
    const after = readCursor(input.cursor, 2);
    const pattern =
      input.search === undefined
        ? undefined
        : `%${words(input.search)
            .join('')
            .replace(/[\\%_]/g, '\\$&')}%`;
    const order = { members: sql`members`, activities: sql`activities`, name: sql`name_key` }[input.sort];
    const down = input.sort !== 'name';
    const rows = await sql<{
      id: number;
      name: string;
      name_key: string;
      kind: string;
      domains: string[];
      members: number;
      activities: number;
    }>`
      select * from (
        select o.id, o.name, o.name_key, o.kind,
          array(select domain from organization_domain d where d.organization_id = o.id order by domain) as domains,
          coalesce(c.members, 0)::int as members, coalesce(c.activities, 0)::bigint as activities
        from organization o
        left join (select organization_id, count(*) as members, sum(activities) as activities from member_card
          where organization_id is not null and bot <> 'bot' group by organization_id) c on c.organization_id = o.id
        where ${pattern === undefined ? sql`true` : sql`(o.name_key like ${pattern} or exists (select from organization_alias a where a.organization_id = o.id and a.alias_key like ${pattern}) or exists (select from organization_domain d where d.organization_id = o.id and d.domain like ${`%${foldToLatin(input.search ?? '').replace(/[\\%_]/g, '\\$&')}%`}))`}
          and ${input.kind === undefined ? sql`true` : sql`o.kind = ${input.kind}`}
      ) found
      where ${after === undefined ? sql`true` : down ? sql`(${order}, -id) < (${after[0]}, ${-Number(after[1])})` : sql`(${order}, id) > (${after[0]}, ${after[1]})`}
      order by ${order} ${down ? sql`desc` : sql`asc`}, id
      limit ${input.limit + 1}`.execute(context.db);
    const page = rows.rows.slice(0, input.limit);
    const last = page.at(-1);
    return {
      organizations: page.map((row) => ({ ...row, id: showId('organization', row.id), kind: z.enum(kinds).parse(row.kind) })),
      next:
        rows.rows.length > input.limit && last !== undefined
          ? writeCursor([{ members: last.members, activities: last.activities, name: last.name_key }[input.sort], last.id])
          : null,
    };
  },
});

const organizationOutput = z.object({
  id: z.string(),
  name: z.string(),
  kind: z.enum(kinds),
  url: z.string().nullable(),
  parent: z.object({ id: z.string(), name: z.string() }).nullable(),
  children: z.array(z.object({ id: z.string(), name: z.string() })),
  customerId: z.string().nullable(),
  annualRecurringRevenue: z.number().nullable(),
  origin: z.string(),
  domains: z.array(z.string()),
  aliases: z.array(z.string()),
  members: z.number(),
  formerMembers: z.number(),
  merges: z
    .array(z.object({ id: z.string(), name: z.string(), madeAt: z.date(), madeBy: z.string().nullable() }))
    .describe('Organizations that were merged into this one, which organizations.undo-merge takes out again.'),
});

export const getOrganization = defineAction({
  name: 'organizations.get',
  kind: 'query',
  access: 'light_agent',
  summary: 'Shows an organization: domains, aliases, parent, and how many people belong or belonged there.',
  input: z.object({ id: idInput('organization') }),
  output: organizationOutput,
  async run(context, input) {
    const row = await findOrganization(context.db, input.id);
    const { db } = context;
    const parent =
      row.parent_id === null
        ? undefined
        : await db.selectFrom('organization').select(['id', 'name']).where('id', '=', row.parent_id).executeTakeFirst();
    const children = await db
      .selectFrom('organization')
      .select(['id', 'name'])
      .where('parent_id', '=', row.id)
      .orderBy('name_key')
      .execute();
    const domains = await db
      .selectFrom('organization_domain')
      .select('domain')
      .where('organization_id', '=', row.id)
      .orderBy('domain')
      .execute();
    const aliases = await db
      .selectFrom('organization_alias')
      .select('alias')
      .where('organization_id', '=', row.id)
      .orderBy('alias')
      .execute();
    const today = context.clock.now().toISOString().slice(0, 10);
    const counts = await db
      .selectFrom('affiliation as a')
      .innerJoin('member as m', 'm.id', 'a.member_id')
      .select(sql<number>`count(distinct m.root_id) filter (where coalesce(a.to_day, 'infinity') >= ${today}::date)::int`.as('now'))
      .select(sql<number>`count(distinct m.root_id)::int`.as('ever'))
      .where('a.organization_id', '=', row.id)
      .where('m.bot', '<>', 'bot')
      .executeTakeFirstOrThrow();
    const show = (one: { id: number; name: string }) => ({ id: showId('organization', one.id), name: one.name });
    return {
      id: showId('organization', row.id),
      name: row.name,
      kind: z.enum(kinds).parse(row.kind),
      url: row.url,
      parent: parent === undefined ? null : show(parent),
      children: children.map(show),
      customerId: row.customer_id,
      annualRecurringRevenue: row.annual_recurring_revenue,
      origin: row.origin,
      domains: domains.map((one) => one.domain),
      aliases: aliases.map((one) => one.alias),
      members: counts.now,
      formerMembers: counts.ever - counts.now,
      merges: await readOrganizationMerges(db, row.id),
    };
  },
});

const details = {
  kind: z.enum(kinds).optional(),
  url: z
    .url({ protocol: /^https?$/ })
    .max(2000)
    .nullable()
    .optional(),
  parent: idInput('organization').nullable().optional(),
  customerId: z.string().trim().max(200).nullable().optional(),
  annualRecurringRevenue: z.coerce.number().min(0).max(1e11).nullable().optional(),
};

export const createOrganization = defineAction({
  name: 'organizations.create',
  kind: 'command',
  access: 'agent',
  summary: 'Adds an organization by hand, with its domains: people with addresses there belong to it from then on.',
  input: z.object({ name: nameInput, domains: z.array(domainInput).max(100).default([]), ...details }),
  output: z.object({ id: z.string() }),
  async run(context, input) {
    await refuseTakenName(context.db, input.name, undefined);
    const made = await context.db
      .insertInto('organization')
      .values({
        name: input.name,
        name_key: organizationKey(input.name),
        kind: input.kind ?? 'company',
        url: input.url ?? null,
        parent_id: input.parent ?? null,
        customer_id: input.customerId ?? null,
        annual_recurring_revenue: input.annualRecurringRevenue ?? null,
        origin: 'hand',
        created_at: context.clock.now(),
      })
      .returning('id')
      .executeTakeFirstOrThrow();
    for (const domain of input.domains) await giveDomain(context, domain, made.id);
    await queueCards(context);
    const id = showId('organization', made.id);
    context.audit({ subject: id, summary: `Added the organization ${input.name}`, after: { ...input, domains: input.domains } });
    return { id };
  },
});

async function refuseTakenName(db: Db, name: string, own: number | undefined): Promise<void> {
  const key = organizationKey(name);
  const byName = await db.selectFrom('organization').select(['id', 'name']).where('name_key', '=', key).executeTakeFirst();
  const byAlias = await db
    .selectFrom('organization_alias as a')
    .innerJoin('organization as o', 'o.id', 'a.organization_id')
    .select(['o.id', 'o.name'])
    .where('a.alias_key', '=', key)
    .executeTakeFirst();
  const taken = [byName, byAlias].find((row) => row !== undefined && row.id !== own);
  if (taken !== undefined)
    throw conflict('organizations.name_taken', `"${name}" is ${taken.name} (${showId('organization', taken.id)}) already.`);
}

/** Errors: `organizations.public_domain`, `organizations.domain_taken`. */
async function giveDomain(context: Context, domain: string, organizationId: number): Promise<void> {
  if (isPublicDomain(domain))
    throw invalidInput(
      'organizations.public_domain',
      `Anybody can have an address at ${domain}: it says nothing about where somebody works.`,
    );
  const added = await addDomains(inside(context), [[domain, organizationId]]);
  if (added.length > 0) return;
  const owner = await context.db
    .selectFrom('organization_domain as d')
    .innerJoin('organization as o', 'o.id', 'd.organization_id')
    .select(['o.id', 'o.name'])
    .where('d.domain', '=', domain)
    .executeTakeFirstOrThrow();
  if (owner.id !== organizationId)
    throw conflict('organizations.domain_taken', `${domain} belongs to ${owner.name}. Remove it there first.`);
}

export const updateOrganization = defineAction({
  name: 'organizations.update',
  kind: 'command',
  access: 'agent',
  summary: 'Changes name, kind, address, parent, customer id, revenue or aliases of an organization.',
  input: z.object({ id: idInput('organization'), name: nameInput.optional(), aliases: z.array(nameInput).max(100).optional(), ...details }),
  output: z.object({ id: z.string() }),
  async run(context, input) {
    const before = await findOrganization(context.db, input.id);
    if (input.name !== undefined) await refuseTakenName(context.db, input.name, before.id);
    if (typeof input.parent === 'number') await refuseCircle(context.db, before.id, input.parent);
    const after = {
      ...(input.name === undefined ? {} : { name: input.name, name_key: organizationKey(input.name) }),
      ...(input.kind === undefined ? {} : { kind: input.kind }),
      ...(input.url === undefined ? {} : { url: input.url }),
      ...(input.parent === undefined ? {} : { parent_id: input.parent }),
      ...(input.customerId === undefined ? {} : { customer_id: input.customerId }),
      ...(input.annualRecurringRevenue === undefined ? {} : { annual_recurring_revenue: input.annualRecurringRevenue }),
    };
    await context.db
      .updateTable('organization')
      .set({ ...after, revision: thisRevision })
      .where('id', '=', before.id)
      .execute();
    if (input.aliases !== undefined) {
      await context.db.deleteFrom('organization_alias').where('organization_id', '=', before.id).execute();
      for (const alias of new Set(input.aliases)) {
        if (organizationKey(alias) === organizationKey(input.name ?? before.name)) continue;
        await refuseTakenName(context.db, alias, before.id);
        await context.db
          .insertInto('organization_alias')
          .values({ alias, alias_key: organizationKey(alias), organization_id: before.id })
          .onConflict((c) => c.doNothing())
          .execute();
      }
    }
    await markPeopleStale(context, before.id);
    await queueCards(context);
    context.audit({
      subject: showId('organization', before.id),
      summary: `Changed the organization ${before.name}`,
      before,
      after: { ...after, ...(input.aliases === undefined ? {} : { aliases: input.aliases }) },
    });
    return { id: showId('organization', before.id) };
  },
});

async function refuseCircle(db: Db, id: number, parent: number): Promise<void> {
  let at: number | null = (await findOrganization(db, parent)).id;
  for (let step = 0; at !== null && step < 100; step += 1) {
    if (at === id) throw invalidInput('organizations.circle', 'An organization cannot be above itself.');
    at = (await findOrganization(db, at)).parent_id;
  }
}

export const addDomain = defineAction({
  name: 'organizations.add-domain',
  kind: 'command',
  access: 'agent',
  summary: 'Gives an e-mail domain to an organization: people with addresses there, or below it, belong to it.',
  input: z.object({ id: idInput('organization'), domain: domainInput }),
  output: z.object({ id: z.string() }),
  async run(context, input) {
    const row = await findOrganization(context.db, input.id);
    await giveDomain(context, input.domain, row.id);
    await queueCards(context);
    context.audit({
      subject: showId('organization', row.id),
      summary: `Gave ${input.domain} to ${row.name}`,
      after: { domain: input.domain },
    });
    return { id: showId('organization', row.id) };
  },
});

export const removeDomain = defineAction({
  name: 'organizations.remove-domain',
  kind: 'command',
  access: 'agent',
  summary: 'Takes an e-mail domain from an organization; what followed from it goes.',
  input: z.object({ id: idInput('organization'), domain: domainInput }),
  output: z.object({ id: z.string() }),
  async run(context, input) {
    const row = await findOrganization(context.db, input.id);
    const removed = await context.db
      .deleteFrom('organization_domain')
      .where('domain', '=', input.domain)
      .where('organization_id', '=', row.id)
      .returning('domain')
      .execute();
    if (removed.length === 0) throw notFound('domain', input.domain);
    await markDomainStale(inside(context), [input.domain]);
    await queueCards(context);
    context.audit({
      subject: showId('organization', row.id),
      summary: `Took ${input.domain} from ${row.name}`,
      before: { domain: input.domain },
    });
    return { id: showId('organization', row.id) };
  },
});

export const unclaimedDomains = defineAction({
  name: 'organizations.unclaimed-domains',
  kind: 'query',
  access: 'light_agent',
  summary: 'Ranks the e-mail domains that no organization has by how many people use them; free-mail and forge domains left out.',
  input: z.object({ limit: z.coerce.number().int().min(1).max(200).default(50), minimum: z.coerce.number().int().min(1).default(2) }),
  output: z.object({ domains: z.array(z.object({ domain: z.string(), people: z.number(), activities: z.number(), example: z.string() })) }),
  async run(context, input) {
    const claimed = new Set((await context.db.selectFrom('organization_domain').select('domain').execute()).map((row) => row.domain));
    const rows = await sql<{ domain: string; people: number; activities: number; example: string }>`
      select split_part(i.value_key, '@', 2) as domain, count(distinct i.member_id)::int as people, coalesce(sum(s.activities), 0)::bigint as activities, min(i.value) as example
      from identity i left join identity_stat s on s.identity_id = i.id join member m on m.id = i.member_id
      where i.type = 'email' and m.bot <> 'bot' and split_part(i.value_key, '@', 2) <> ''
      group by 1 having count(distinct i.member_id) >= ${input.minimum} order by people desc, activities desc, domain limit 5000`.execute(
      context.db,
    );
    const open = rows.rows.filter(
      ({ domain }) =>
        normaliseDomain(domain) === domain &&
        !isPublicDomain(domain) &&
        !domain.split('.').some((_, i, labels) => claimed.has(labels.slice(i).join('.'))),
    );
    return { domains: open.slice(0, input.limit) };
  },
});

export const claimDomain = defineAction({
  name: 'organizations.claim-domain',
  kind: 'command',
  access: 'agent',
  summary: 'Makes an organization of an unclaimed e-mail domain, or gives the domain to the one of that name.',
  input: z.object({
    domain: domainInput,
    name: nameInput.optional().describe('Acme for acme.com when not given.'),
    kind: z.enum(kinds).default('company'),
  }),
  output: z.object({ id: z.string() }),
  async run(context, input) {
    const name = input.name ?? nameFromDomain(input.domain);
    const key = organizationKey(name);
    const known = await context.db.selectFrom('organization').select('id').where('name_key', '=', key).executeTakeFirst();
    const organization =
      known ??
      (await context.db
        .insertInto('organization')
        .values({ name, name_key: key, kind: input.kind, origin: 'domain', created_at: context.clock.now() })
        .returning('id')
        .executeTakeFirstOrThrow());
    await giveDomain(context, input.domain, organization.id);
    await queueCards(context);
    const id = showId('organization', organization.id);
    context.audit({ subject: id, summary: `Gave ${input.domain} to ${name}`, after: { domain: input.domain } });
    return { id };
  },
});

/** `eng.acme-labs.co.uk` → `Acme Labs`. */
export function nameFromDomain(domain: string): string {
  const labels = domain.split('.');
  const isCountry = (labels.at(-1)?.length ?? 0) === 2 && /^(?:ac|co|com|edu|gov|net|org|or|ne)$/.test(labels.at(-2) ?? '');
  const label = labels.at(isCountry ? -3 : -2) ?? domain;
  return label
    .split('-')
    .map((part) => part.charAt(0).toUpperCase() + part.slice(1))
    .join(' ');
}
