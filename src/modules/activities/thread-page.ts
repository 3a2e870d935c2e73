import { sql } from 'kysely';
import { z } from 'zod';
import { defineAction } from '../../platform/action.ts';
import type { Db } from '../../platform/db.ts';
import { notFound } from '../../platform/errors.ts';
import { idInput, showId } from '../../platform/ids.ts';
import { pageInput, readCursor, writeCursor } from '../../platform/page.ts';
import { activity } from './activity.ts';
import { kindCode, kindName } from './kinds.ts';
import { responseKinds, threadKinds, threadStates } from './responses.ts';
import { readTimeline } from './timeline.ts';

const personOutput = z.object({
  id: z.string(),
  name: z.string(),
  avatarUrl: z.string().nullable(),
  bot: z.string(),
  team: z.boolean().describe('One of ours on a day on which they took part.'),
  activities: z.number(),
  firstAt: z.string(),
});

const responseOutput = z
  .object({
    activity: z.string(),
    kind: z.string(),
    at: z.string(),
    after: z.number().describe('Seconds since the thread was opened.'),
    person: z.object({ id: z.string(), name: z.string() }),
  })
  .nullable();

const entry = activity.extend({ team: z.boolean().describe('The person was one of ours on that day.') });

export const getThread = defineAction({
  name: 'activities.thread',
  kind: 'query',
  access: 'light_agent',
  summary: 'Shows a conversation or work item: who took part, the first response, how it stands, and its activities, oldest first.',
  input: z.object({ id: idInput('thread'), ...pageInput, limit: pageInput.limit.default(200) }),
  output: z.object({
    id: z.string(),
    kind: z.enum(threadKinds),
    title: z.string().nullable(),
    url: z.string().nullable(),
    source: z.object({ id: z.string(), name: z.string(), connector: z.string() }),
    room: z.object({ name: z.string(), url: z.string().nullable() }).nullable().describe('Of a conversation put together from messages.'),
    state: z.enum(threadStates),
    labels: z.array(z.string()),
    openedAt: z.string().nullable().describe('Null when its beginning was not read.'),
    opener: z.string().nullable().describe('Id of the member who opened it.'),
    closedAt: z.string().nullable(),
    solved: z.boolean(),
    solvedAt: z.string().nullable(),
    lastAt: z.string().nullable(),
    people: z.array(personOutput).describe('The fifty who did most.'),
    peopleInAll: z.number(),
    activitiesInAll: z.number(),
    firstResponse: responseOutput.describe('By somebody else who is not a bot.'),
    firstTeamResponse: responseOutput.describe('By somebody else who was one of ours on that day.'),
    activities: z.array(entry),
    erased: z.array(z.string()).describe('When something was said by people who were erased: the first hundred moments.'),
    next: z.string().nullable(),
  }),
  async run(context, input) {
    const thread = await readThread(context.db, input.id);
    if (thread === undefined) throw notFound('thread', showId('thread', input.id));
    const after = readCursor(input.cursor, 2);
    const [people, responses, page] = [
      await readPeople(context.db, thread),
      await readResponses(context.db, thread),
      await readEntries(context.db, thread, input.limit, after),
    ];
    return {
      id: showId('thread', thread.id),
      kind: threadKinds.find((kind) => kind === thread.kind) ?? 'conversation',
      title: thread.title,
      url: thread.url,
      source: { id: showId('source', thread.source_id), name: thread.source_name, connector: thread.connector },
      room: thread.room === null ? null : { name: thread.room_name ?? thread.room, url: thread.room_url },
      state: threadStates.find((state) => state === thread.state) ?? 'open',
      labels: thread.labels,
      openedAt: thread.opened_at?.toISOString() ?? null,
      opener: thread.opener === null ? null : showId('member', thread.opener),
      closedAt: thread.closed_at?.toISOString() ?? null,
      solved: thread.solved,
      solvedAt: thread.solved_at?.toISOString() ?? null,
      lastAt: thread.last_at?.toISOString() ?? null,
      activitiesInAll: thread.activities,
      erased: await readErased(context.db, thread),
      ...people,
      ...responses,
      ...page,
    };
  },
});

interface Thread {
  id: number;
  source_id: number;
  source_name: string;
  connector: string;
  kind: string;
  title: string | null;
  url: string | null;
  room: string | null;
  room_name: string | null;
  room_url: string | null;
  state: string;
  labels: string[];
  opened_at: Date | null;
  opener: number | null;
  closed_at: Date | null;
  solved: boolean;
  solved_at: Date | null;
  last_at: Date | null;
  activities: number;
}

async function readThread(db: Db, id: number): Promise<Thread | undefined> {
  const { rows } = await sql<Thread>`
    select t.*, s.name as source_name, s.connector, i.member_id as opener, r.name as room_name, r.url as room_url
    from thread t join source s on s.id = t.source_id
    left join identity i on i.id = t.opener_identity_id
    left join room r on r.source_id = t.source_id and r.external_id = t.room
    where t.id = ${id}::bigint`.execute(db);
  return rows[0];
}

/** Whether the person of `activity a` by `identity i` was one of ours on the day of the activity, a day of the workspace. */
const byTeam = sql<boolean>`exists (
  select 1 from affiliation f join member own on own.id = f.member_id join organization o on o.id = f.organization_id
  where own.root_id = i.member_id and o.kind = 'ours'
    and (a.at at time zone (select time_zone from workspace))::date between coalesce(f.from_day, '-infinity') and coalesce(f.to_day, 'infinity'))`;

async function readPeople(db: Db, thread: Thread) {
  const { rows } = await sql<{
    member_id: number;
    name: string;
    avatar_url: string | null;
    bot: string;
    team: boolean;
    n: number;
    first_at: Date;
    in_all: number;
  }>`
    with took as (
      select i.member_id, count(*) as n, min(a.at) as first_at, bool_or(${byTeam}) as team, min(i.id) as identity_id
      from activity a join identity i on i.id = a.identity_id
      where a.source_id = ${thread.source_id} and a.thread_id = ${thread.id}::bigint group by 1)
    select t.*, count(*) over () as in_all, coalesce(c.name, i.name, i.value) as name, coalesce(c.avatar_url, i.avatar_url) as avatar_url, m.bot
    from took t join identity i on i.id = t.identity_id join member m on m.id = t.member_id
    left join member_card c on c.member_id = t.member_id
    order by t.n desc, t.first_at limit 50`.execute(db);
  return {
    people: rows.map((row) => ({
      id: showId('member', row.member_id),
      name: row.name,
      avatarUrl: row.avatar_url,
      bot: row.bot,
      team: row.team,
      activities: row.n,
      firstAt: row.first_at.toISOString(),
    })),
    peopleInAll: rows[0]?.in_all ?? 0,
  };
}

async function readResponses(db: Db, thread: Thread) {
  if (thread.opened_at === null || thread.opener === null) return { firstResponse: null, firstTeamResponse: null };
  const opened = thread.opened_at.getTime();
  const first = async (team: boolean) => {
    const { rows } = await sql<{ id: number; kind: number; at: Date; member_id: number; name: string }>`
      select a.id, a.kind, a.at, i.member_id, coalesce(c.name, i.name, i.value) as name
      from activity a join identity i on i.id = a.identity_id join member m on m.id = i.member_id
      left join member_card c on c.member_id = i.member_id
      where a.source_id = ${thread.source_id} and a.thread_id = ${thread.id}::bigint and a.at >= ${thread.opened_at}
        and a.kind = any (${responseKinds.map(kindCode)}::smallint[]) and i.member_id <> ${thread.opener} and m.bot <> 'bot'
        ${team ? sql`and ${byTeam}` : sql``}
      order by a.at, a.id limit 1`.execute(db);
    const [row] = rows;
    return row === undefined
      ? null
      : {
          activity: showId('activity', row.id),
          kind: kindName(row.kind),
          at: row.at.toISOString(),
          after: Math.floor((row.at.getTime() - opened) / 1000),
          person: { id: showId('member', row.member_id), name: row.name },
        };
  };
  return { firstResponse: await first(false), firstTeamResponse: await first(true) };
}

async function readErased(db: Db, thread: Thread): Promise<string[]> {
  const { rows } = await sql<{ at: Date }>`
    select at from erased_entry where source_id = ${thread.source_id} and thread_id = ${thread.id}::bigint order by at limit 100`.execute(
    db,
  );
  return rows.map((row) => row.at.toISOString());
}

/** A page of the conversation, oldest first. `after`: time as PostgreSQL writes it, and id, of the last one shown. */
async function readEntries(db: Db, thread: Thread, limit: number, after: (string | number | null)[] | undefined) {
  const { rows } = await sql<{ id: number; key: string; at: Date; team: boolean }>`
    select a.id, a.at::text as key, a.at, ${byTeam} as team
    from activity a join identity i on i.id = a.identity_id
    where a.source_id = ${thread.source_id} and a.thread_id = ${thread.id}::bigint
      ${after === undefined ? sql`` : sql`and (a.at, a.id) > (${String(after[0])}::timestamptz, ${Number(after[1])}::bigint)`}
    order by a.at, a.id limit ${limit + 1}`.execute(db);
  const shown = rows.slice(0, limit);
  const [first, last] = [shown[0], shown.at(-1)];
  if (first === undefined || last === undefined) return { activities: [], next: null };
  const { rows: activities } = await readTimeline(
    db,
    { sources: [thread.source_id], thread: thread.id, from: first.at, to: new Date(last.at.getTime() + 1) },
    // Others of the same moment, on the pages before and after.
    limit + 1000,
    undefined,
  );
  const byId = new Map(activities.map((one) => [one.id, one]));
  return {
    activities: shown.flatMap((row) => {
      const one = byId.get(showId('activity', row.id));
      return one === undefined ? [] : [{ ...one, team: row.team }];
    }),
    next: rows.length > limit ? writeCursor([last.key, last.id]) : null,
  };
}
