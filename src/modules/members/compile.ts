import { sql } from 'kysely';
import type { Expression, SqlBool } from 'kysely';
import type { Database } from '../../platform/db.ts';
import { rangeOf } from './days.ts';
import type { DayRange } from './days.ts';
import { given } from './provided.ts';
import type { MemberBits } from './provided.ts';
import type { Condition, Rule } from './rules.ts';
import { eachCondition } from './rules.ts';
import { fold, foldToLatin } from './text.ts';

type Where = Expression<SqlBool>;

/** What a rule is judged by: the day that is today, and who did what, asked for beforehand. */
interface Judge {
  today: string;
  timeZone: string;
  answers: Map<Condition, MemberBits>;
}

/**
 * A rule as a condition over `member_card`. What people did is counted in memory first, by whoever keeps it, and reaches
 * the database as one bit a person: 300,000 people are 37 KB.
 */
export async function compileRule(database: Database, rule: Rule, today: string, timeZone: string): Promise<Where> {
  const asked: Condition[] = [];
  eachCondition(rule, (condition) => asked.push(condition));
  const answers = new Map<Condition, MemberBits>();
  for (const condition of asked) {
    const bits = await answer(database, condition, today, timeZone);
    if (bits !== undefined) answers.set(condition, bits);
  }
  return whereRule(rule, { today, timeZone, answers });
}

async function answer(database: Database, condition: Condition, today: string, timeZone: string): Promise<MemberBits | undefined> {
  if (condition.field === 'did' || condition.field === 'firstDid') {
    return given().whoDid(database, {
      kinds: condition.kinds,
      sources: condition.sources,
      times: condition.field === 'did' ? condition.times : 1,
      first: condition.field === 'firstDid',
      ...rangeOf(condition.window, today),
    });
  }
  if (condition.field !== 'offered') return undefined;
  const field = given().fields.find((one) => one.name === condition.name);
  // A field whose module is gone lets nobody through.
  return field === undefined ? new Uint8Array() : field.members(database, condition.value, rangeOf(condition.window, today), timeZone);
}

function whereRule(rule: Rule, judge: Judge): Where {
  if ('all' in rule) return rule.all.length === 0 ? sql<SqlBool>`true` : join(rule.all, judge, sql` and `);
  // Nothing of nothing: an empty list of alternatives asks for nothing yet.
  if ('any' in rule) return rule.any.length === 0 ? sql<SqlBool>`true` : join(rule.any, judge, sql` or `);
  if ('not' in rule) return sql<SqlBool>`(${whereRule(rule.not, judge)}) is not true`;
  return whereCondition(rule, judge);
}

function join(rules: readonly Rule[], judge: Judge, word: ReturnType<typeof sql>): Where {
  return sql<SqlBool>`(${sql.join(
    rules.map((one) => whereRule(one, judge)),
    word,
  )})`;
}

function whereCondition(condition: Condition, judge: Judge): Where {
  switch (condition.field) {
    case 'name':
      return likeName(condition.op, foldToLatin(condition.value));
    case 'handle':
      return sql<SqlBool>`member_card.member_id in (select i.member_id from identity i where ${like(sql`i.value_key`, condition.op, condition.value.replace(/^@/, '').toLowerCase())})`;
    case 'bio':
      return sql<SqlBool>`member_card.member_id in (select m.root_id from member m where m.bio ilike ${`%${literal(condition.value)}%`})`;
    case 'location':
      return like(sql`lower(member_card.location)`, condition.op, condition.value.toLowerCase());
    case 'organizationName':
      return sql<SqlBool>`member_card.organization_id in (select o.id from organization o where ${like(sql`lower(o.name)`, condition.op, condition.value.toLowerCase())})`;
    case 'known':
      return whereKnown(condition.value);
    case 'tag': {
      const tags = condition.value.map((tag) => tag.toLowerCase());
      return condition.op === 'all' ? sql<SqlBool>`member_card.tags @> ${tags}::text[]` : sql<SqlBool>`member_card.tags && ${tags}::text[]`;
    }
    case 'platform': {
      const platforms = condition.value.map((platform) => platform.toLowerCase());
      return condition.op === 'all'
        ? sql<SqlBool>`member_card.platforms @> ${platforms}::text[]`
        : sql<SqlBool>`member_card.platforms && ${platforms}::text[]`;
    }
    case 'emailDomain': {
      const domains = condition.value.map((domain) => fold(domain.replace(/^.*@/, '')));
      return sql<SqlBool>`member_card.member_id in (select i.member_id from identity i where i.type = 'email' and split_part(i.value_key, '@', 2) = any(${domains}::text[]))`;
    }
    case 'organization':
      return condition.when === 'now'
        ? sql<SqlBool>`member_card.organization_id = any(${condition.value}::int[])`
        : sql<SqlBool>`member_card.member_id in (select m.root_id from affiliation a join member m on m.id = a.member_id where a.organization_id = any(${condition.value}::int[]))`;
    case 'activities':
      return compare(sql`member_card.activities`, condition.op, condition.value);
    case 'identities':
      return compare(sql`member_card.identities`, condition.op, condition.value);
    case 'engagement':
      return whereEngagement(condition.op, condition.value);
    case 'level':
      return sql<SqlBool>`member_card.member_id in (select e.member_id from member_engagement e where e.level_id = any(${condition.value}::int[]))`;
    case 'firstSeen':
      return during(sql`member_card.first_at`, rangeOf(condition.window, judge.today), judge.timeZone);
    case 'lastSeen':
      return during(sql`member_card.last_at`, rangeOf(condition.window, judge.today), judge.timeZone);
    case 'did':
    case 'firstDid':
    case 'offered':
      return among(judge.answers.get(condition) ?? new Uint8Array());
    case 'bot':
      return sql<SqlBool>`member_card.bot = ${condition.value}`;
    case 'team':
      return sql<SqlBool>`member_card.is_ours = ${condition.value}`;
    case 'consent':
      return whereConsent(condition.purpose, condition.value);
  }
}

/** Few are named, so that the database looks them up; many are tested bit by bit. */
function among(bits: MemberBits): Where {
  const ids: number[] = [];
  for (let byte = 0; byte < bits.length && ids.length <= fewMembers; byte += 1) {
    for (let word = bits[byte] ?? 0, bit = 0; word !== 0; word >>= 1, bit += 1) if ((word & 1) === 1) ids.push(byte * 8 + bit);
  }
  if (ids.length <= fewMembers) return sql<SqlBool>`member_card.member_id = any(${ids}::int[])`;
  return sql<SqlBool>`case when member_card.member_id < ${bits.length * 8}::int then get_bit(${Buffer.from(bits.buffer, bits.byteOffset, bits.byteLength)}::bytea, member_card.member_id) = 1 else false end`;
}

const fewMembers = 10_000;

function whereKnown(what: 'bio' | 'location' | 'organization' | 'email'): Where {
  if (what === 'bio') return sql<SqlBool>`member_card.member_id in (select m.root_id from member m where m.bio <> '')`;
  if (what === 'location') return sql<SqlBool>`member_card.location <> ''`;
  if (what === 'organization') return sql<SqlBool>`member_card.organization_id is not null`;
  return sql<SqlBool>`member_card.platforms @> '{email}'`;
}

function whereEngagement(op: 'atLeast' | 'atMost' | 'amongTop', value: number): Where {
  if (op === 'amongTop')
    return sql<SqlBool>`member_card.member_id in (select e.member_id from member_engagement e join member m on m.id = e.member_id where m.bot <> 'bot' order by e.score desc, e.member_id desc limit ${Math.floor(value)})`;
  const tenths = Math.round(value * 10);
  // Who has no points has no row.
  if (op === 'atMost')
    return sql<SqlBool>`not exists (select from member_engagement e where e.member_id = member_card.member_id and e.score > ${tenths})`;
  if (tenths === 0) return sql<SqlBool>`true`;
  return sql<SqlBool>`exists (select from member_engagement e where e.member_id = member_card.member_id and e.score >= ${tenths})`;
}

/** The latest word over the whole tree, as `readConsents` (privacy/consent.ts) reads it of one person. */
function whereConsent(purpose: number, state: 'given' | 'refused' | 'withdrawn' | 'unasked'): Where {
  const said = sql`select distinct on (m.root_id) m.root_id, c.state from consent c join member m on m.id = c.member_id
    where c.purpose_id = ${purpose} order by m.root_id, c.at desc, c.state <> 'given' desc`;
  if (state === 'unasked') return sql<SqlBool>`member_card.member_id not in (select s.root_id from (${said}) s)`;
  return sql<SqlBool>`member_card.member_id in (select s.root_id from (${said}) s where s.state = ${state})`;
}

function compare(column: Expression<unknown>, op: 'atLeast' | 'atMost', value: number): Where {
  return op === 'atLeast' ? sql<SqlBool>`${column} >= ${value}` : sql<SqlBool>`${column} <= ${value}`;
}

function like(column: Expression<unknown>, op: 'contains' | 'is' | 'starts', value: string): Where {
  if (op === 'is') return sql<SqlBool>`${column} = ${value}`;
  return sql<SqlBool>`${column} like ${`${op === 'contains' ? '%' : ''}${literal(value)}%`}`;
}

/** Of what is no letter in any script nothing is left to look for: that is in nobody's name, not in everybody's. */
function likeName(op: 'contains' | 'is' | 'starts', folded: string): Where {
  return folded.trim() === '' ? sql<SqlBool>`false` : like(sql`member_card.name_key`, op, folded);
}

function literal(text: string): string {
  return text.replace(/[\\%_]/g, '\\$&');
}

function during(column: Expression<unknown>, { from, to }: DayRange, timeZone: string): Where {
  const start = (day: string, more: number) => sql`((${day}::date + ${more}::int)::timestamp at time zone ${timeZone})`;
  return sql<SqlBool>`(${sql.join(
    [
      sql<SqlBool>`${column} is not null`,
      ...(from === undefined ? [] : [sql<SqlBool>`${column} >= ${start(from, 0)}`]),
      ...(to === undefined ? [] : [sql<SqlBool>`${column} < ${start(to, 1)}`]),
    ],
    sql` and `,
  )})`;
}
