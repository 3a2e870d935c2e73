import { sql } from 'kysely';
import type { SqlBool } from 'kysely';
import { activityKinds } from '../../connectors/contract.ts';
import type { ActivityKind } from '../../connectors/contract.ts';
import type { Db } from '../../platform/db.ts';
import { showId } from '../../platform/ids.ts';
import { showDay } from './calendar.ts';
import { eachAffiliation, farthest, isOurs, membersSize } from './census.ts';
import type { Census } from './census.ts';
import { openExclusion, tally, tallyParts } from './counting.ts';
import type { Selection } from './counting.ts';
import { idsOf } from './member-set.ts';
import { memberNames } from './names.ts';
import type { OrganizationShare } from './organizations.ts';
import { rankCounts } from './ranking.ts';
import type { Ranking } from './ranking.ts';
import type { ActivityQuery } from './report.ts';

/** What is behind one number: the people with how much each did, most first. */
export interface Behind {
  people: number;
  /** A fraction where those of people with several organizations were split. */
  activities: number;
  ranking: Ranking;
}

export function lookBehind(census: Census, selection: Selection): Behind {
  const parts = selection.hour !== undefined || selection.creditedTo !== undefined;
  const { counts, people, activities } = parts ? tallyParts(census, selection) : tally(census, selection);
  return { people, activities, ranking: rankCounts(counts) };
}

export interface MemberRow {
  id: string;
  name: string;
  avatarUrl: string | null;
  /** Activities behind the number; a fraction where those of a person with several organizations were split. */
  count: number;
}

export async function showMembers(db: Db, ranking: readonly { id: number; amount: number }[]): Promise<MemberRow[]> {
  const ids = ranking.map(({ id }) => id);
  if (ids.length === 0) return [];
  const names = await memberNames(db, ids);
  const pictures = await db.selectFrom('member').where('id', 'in', ids).select(['id', 'avatar_url']).execute();
  const pictureOf = new Map(pictures.map((row) => [row.id, row.avatar_url]));
  return ranking.map(({ id, amount }) => ({
    id: showId('member', id),
    name: names.get(id) ?? 'Removed',
    avatarUrl: pictureOf.get(id) ?? null,
    count: amount,
  }));
}

export async function showOrganizations(
  db: Db,
  shares: readonly OrganizationShare[],
): Promise<{ id: string; name: string; people: number; count: number }[]> {
  if (shares.length === 0) return [];
  const found = await db
    .selectFrom('organization')
    .where(
      'id',
      'in',
      shares.map(({ id }) => id),
    )
    .select(['id', 'name'])
    .execute();
  const nameOf = new Map(found.map((row) => [row.id, row.name]));
  return shares.map(({ id, amount, people }) => ({
    id: showId('organization', id),
    name: nameOf.get(id) ?? 'Removed',
    people,
    count: amount,
  }));
}

export interface ActivityRow {
  /** The number in `id`, to go on after. */
  key: number;
  id: string;
  at: Date;
  kind: ActivityKind;
  source: string;
  sourceName: string;
  member: string;
  memberName: string;
  title: string | null;
  url: string | null;
}

/**
 * The very activities behind a number, newest first, from the activities themselves: a check on presence, too. `after`:
 * time (milliseconds) and id of the last one shown.
 */
export async function readActivities(
  db: Db,
  found: ActivitiesFound,
  limit: number,
  after: readonly [number, number] | undefined,
): Promise<ActivityRow[]> {
  let query = found;
  if (after !== undefined)
    query = query.where(sql<SqlBool>`(a.at, a.id) < (to_timestamp(${after[0]}::float8 / 1000), ${after[1]}::bigint)`);
  const rows = await query
    .innerJoin('source as s', 's.id', 'a.source_id')
    .select(['a.id', 'a.at', 'a.kind', 'a.source_id', 's.name as source_name', 'i.member_id', 'a.title', 'a.url'])
    .orderBy('a.at', 'desc')
    .orderBy('a.id', 'desc')
    .limit(limit)
    .execute();
  const names = await memberNames(
    db,
    rows.map((row) => row.member_id),
  );
  return rows.map((row) => ({
    key: row.id,
    id: showId('activity', row.id),
    at: row.at,
    kind: activityKinds[row.kind] ?? 'post',
    source: showId('source', row.source_id),
    sourceName: row.source_name,
    member: showId('member', row.member_id),
    memberName: names.get(row.member_id) ?? 'Removed',
    title: row.title,
    url: row.url,
  }));
}

/** Ranges of days in three arrays of one length, as PostgreSQL's unnest takes them; null is an open end. */
interface Ranges {
  members: number[];
  from: (string | null)[];
  to: (string | null)[];
}

/** A selection in terms of what the database knows, cut out of the census at one moment. */
export interface ActivityPlan {
  selection: Selection;
  members: number[] | undefined;
  bots: number[];
  team: Ranges;
  /** Days on which members belonged to the organizations asked for; with 0, to any. */
  belonging: { id: number; days: Ranges }[];
}

export function planActivities(census: Census, selection: Selection): ActivityPlan {
  const { organizationId, creditedTo, population, members } = selection;
  const bots: number[] = [];
  for (let id = 0; id < membersSize(census); id++) if (census.bot[id] === 2) bots.push(id);
  return {
    selection,
    members: members === undefined ? undefined : idsOf(members),
    bots,
    team: population === 'everyone' ? ranges(census, () => false) : ranges(census, (id) => isOurs(census, id)),
    belonging: [organizationId, creditedTo].flatMap((id) =>
      id === undefined ? [] : [{ id, days: ranges(census, (organization) => id === 0 || organization === id) }],
    ),
  };
}

function ranges(census: Census, wanted: (organizationId: number) => boolean): Ranges {
  const { organization, from, to } = census.affiliations;
  const found: Ranges = { members: [], from: [], to: [] };
  eachAffiliation(census, (root, place) => {
    if (!wanted(organization[place] ?? 0)) return;
    const [first, last] = [from[place] ?? 0, to[place] ?? 0];
    found.members.push(root);
    found.from.push(first === -farthest ? null : showDay(first));
    found.to.push(last === farthest ? null : showDay(last));
  });
  return found;
}

/** The activities of a query that a report gives, each with its person. */
export function activitiesIn(db: Db, keys: ActivityQuery) {
  return db
    .selectFrom('activity as a')
    .innerJoin('identity as i', 'i.id', 'a.identity_id')
    .where(sql<SqlBool>`(a.source_id, a.id) in (${keys})`);
}

/** Activities `a` with their identities `i`, to be narrowed, joined and selected from. */
export type ActivitiesFound = ReturnType<typeof activitiesIn>;

/** Who is behind a number that was read: different people, their activities, and a page of the people, most active first. */
export async function readBehind(
  db: Db,
  keys: ActivityQuery,
  limit: number,
  after: readonly [number, number] | undefined,
): Promise<{ people: number; activities: number; ranking: { id: number; amount: number }[] }> {
  const perMember = activitiesIn(db, keys)
    .groupBy('i.member_id')
    .select((e) => ['i.member_id as id', e.fn.countAll<number>().as('amount')]);
  const whole = await db
    .selectFrom(perMember.as('m'))
    .select((e) => [e.fn.countAll<number>().as('people'), e.fn.coalesce(e.fn.sum<number>('m.amount'), sql<number>`0`).as('activities')])
    .executeTakeFirstOrThrow();
  let page = db.selectFrom(perMember.as('m')).select(['m.id', 'm.amount']);
  if (after !== undefined)
    page = page.where((e) => e.or([e('m.amount', '<', after[0]), e.and([e('m.amount', '=', after[0]), e('m.id', '>', after[1])])]));
  const ranking = await page.orderBy('m.amount', 'desc').orderBy('m.id').limit(limit).execute();
  return { people: whole.people, activities: whole.activities, ranking };
}

/** The activities of a selection, under all its filters, by the time zone of the workspace. */
export function selectActivities(db: Db, census: Census, selection: Selection, timeZone: string): ActivitiesFound {
  return activitiesOf(db, planActivities(census, selection), timeZone);
}

export function activitiesOf(db: Db, { selection, members, bots, team, belonging }: ActivityPlan, timeZone: string): ActivitiesFound {
  const { from, to, sources, kinds, population, hour } = selection;
  const start = (day: number) => sql<Date>`(${showDay(day)}::date::timestamp at time zone ${timeZone})`;
  const during = ({ members: ids, from: first, to: last }: Ranges) =>
    sql<SqlBool>`exists (select from unnest(${ids}::int[], ${first}::date[], ${last}::date[]) r (member_id, first, last) where r.member_id = i.member_id
      and (a.at at time zone ${timeZone})::date between coalesce(r.first, '-infinity') and coalesce(r.last, 'infinity'))`;
  let query = db
    .selectFrom('activity as a')
    .innerJoin('identity as i', 'i.id', 'a.identity_id')
    .where('a.at', '>=', start(from))
    .where('a.at', '<', start(to + 1));
  if (sources !== undefined) query = query.where('a.source_id', '=', sql<number>`any(${[...sources]}::int[])`);
  if (kinds !== undefined) query = query.where('a.kind', '=', sql<number>`any(${[...kinds]}::smallint[])`);
  if (members !== undefined) query = query.where('i.member_id', '=', sql<number>`any(${members}::int[])`);
  if (members !== undefined && members.length <= fewMembers) {
    // So that the index by person is used for a handful of people, and the one by time for many.
    query = query.where('a.identity_id', 'in', (e) =>
      e
        .selectFrom('identity as own')
        .select('own.id')
        .where('own.member_id', '=', sql<number>`any(${members}::int[])`),
    );
  }
  if (population === 'bots') query = query.where('i.member_id', '=', sql<number>`any(${bots}::int[])`);
  else if (population !== 'anyone') query = query.where(sql<SqlBool>`i.member_id <> all(${bots}::int[])`);
  if (population === 'wider_community') query = query.where(sql<SqlBool>`not ${during(team)}`);
  if (population === 'team') query = query.where(during(team));
  for (const { id, days } of belonging) query = query.where(id === 0 ? sql<SqlBool>`not ${during(days)}` : during(days));
  if (hour !== undefined) {
    const clock =
      hour.clock === 'utc' ? sql`(a.at at time zone 'UTC')` : sql`((a.at at time zone 'UTC') + a.offset_minutes * interval '1 minute')`;
    query = query.where(
      sql<SqlBool>`(extract(isodow from ${clock}) - 1) * 24 + extract(hour from ${clock}) between ${hour.from} and ${hour.to}`,
    );
  }
  return query;
}

const fewMembers = 100;

/**
 * The filter of the timeline that shows exactly these activities; undefined where its filters cannot say it (bots or
 * team members left out of the middle, new people only, certain hours).
 */
export function timelineFilter(
  census: Census,
  selection: Selection,
): { from: string; to: string; sources?: string[]; kinds: ActivityKind[]; member?: string } | undefined {
  const { population, members, organizationId, creditedTo, hour } = selection;
  const only = members === undefined ? undefined : idsOf(members);
  if (hour !== undefined || organizationId !== undefined || creditedTo !== undefined || (only !== undefined && only.length !== 1))
    return undefined;
  const exclusion = openExclusion(census);
  tally(census, selection, exclusion);
  const { bots, team, widerCommunity } = exclusion.excluded;
  if (population === 'bots' || bots.activities + team.activities + widerCommunity.activities > 0) return undefined;
  return {
    from: showDay(selection.from),
    to: showDay(selection.to),
    kinds: (selection.kinds ?? [...activityKinds.keys()]).flatMap((kind) => activityKinds[kind] ?? []),
    ...(selection.sources === undefined ? {} : { sources: selection.sources.map((id) => showId('source', id)) }),
    ...(only?.[0] === undefined ? {} : { member: showId('member', only[0]) }),
  };
}
