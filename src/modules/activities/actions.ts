import { sql } from 'kysely';
import { z } from 'zod';
import { activityKinds } from '../../connectors/contract.ts';
import { defineAction } from '../../platform/action.ts';
import type { Action } from '../../platform/action.ts';
import type { Db } from '../../platform/db.ts';
import { notFound } from '../../platform/errors.ts';
import { idInput, showId } from '../../platform/ids.ts';
import { pageInput, readCursor, writeCursor } from '../../platform/page.ts';
import { readWorkspace } from '../access/index.ts';
import { segmentMembers } from '../members/index.ts';
import { activity } from './activity.ts';
import { correctReading, readingOf, readingOutput } from './corrections.ts';
import { kindName } from './kinds.ts';
import { languageCodes, languageNumber, languageOf, sentimentNumber, sentiments } from './languages.ts';
import { getThread } from './thread-page.ts';
import { readTimeline } from './timeline.ts';
import { topicActions } from './topic-actions.ts';

const moment = z.union([z.iso.datetime({ offset: true }), z.iso.date()]);

/** The moment that is meant: a day begins when it does in the workspace's time zone. */
async function readMoment(db: Db, text: string | undefined): Promise<Date | undefined> {
  if (text === undefined || text.includes('T')) return text === undefined ? undefined : new Date(text);
  const { timeZone } = await readWorkspace(db);
  const { rows } = await sql<{ at: Date }>`select ${text}::timestamp at time zone ${timeZone} as at`.execute(db);
  return rows[0]?.at;
}

const timeline = defineAction({
  name: 'activities.timeline',
  kind: 'query',
  access: 'light_agent',
  summary:
    'Lists activities of all sources, newest first, by source, kind, person, organization, segment, topic, language, sentiment, words and time.',
  input: z.object({
    sources: z.array(idInput('source')).max(200).optional(),
    kinds: z.array(z.enum(activityKinds)).max(activityKinds.length).optional(),
    member: idInput('member').optional(),
    organization: idInput('organization').optional(),
    segment: idInput('segment').optional(),
    text: z.string().trim().min(1).max(300).optional().describe('Words as in a search engine: "a phrase", -not, or.'),
    from: moment.optional().describe("A day of the workspace's time zone, or a moment; included."),
    to: moment.optional().describe("A day of the workspace's time zone, or a moment; not included."),
    bots: z.enum(['with', 'without']).default('with'),
    topics: z.array(idInput('topic')).max(100).optional().describe('About any of these.'),
    languages: z.array(z.enum(languageCodes)).max(languageCodes.length).optional().describe('ISO 639-1; und is what could not be told.'),
    sentiments: z.array(z.enum(sentiments)).max(sentiments.length).optional(),
    ...pageInput,
  }),
  output: z.object({ activities: z.array(activity), next: z.string().nullable() }),
  async run(context, input) {
    const after = readCursor(input.cursor, 2);
    const members = input.segment === undefined ? undefined : await segmentMembers(context, input.segment);
    const { rows, next } = await readTimeline(
      context.db,
      {
        sources: input.sources,
        kinds: input.kinds,
        members: input.member === undefined ? members : [input.member],
        organization: input.organization,
        text: input.text,
        from: await readMoment(context.db, input.from),
        to: await readMoment(context.db, input.to),
        bots: input.bots,
        topics: input.topics,
        languages: input.languages?.map(languageNumber),
        sentiments: input.sentiments?.map(sentimentNumber),
      },
      input.limit,
      after === undefined ? undefined : { at: String(after[0]), id: Number(after[1]) },
    );
    return { activities: rows, next: next === undefined ? null : writeCursor([next.at, next.id]) };
  },
});

const getActivity = defineAction({
  name: 'activities.get',
  kind: 'query',
  access: 'light_agent',
  summary: 'Shows one activity whole, with the raw record that it was derived from.',
  input: z.object({ id: idInput('activity') }),
  output: activity.extend({
    body: z.string().nullable(),
    raw: z.string().nullable(),
    fetchedAt: z.string().nullable(),
    stream: z.string().nullable(),
    reading: readingOutput.nullable().describe('Null where nobody wrote words of their own, or they are not read yet.'),
  }),
  async run(context, input) {
    const { rows } = await sql<{
      at: Date;
      source_id: number;
      body: string | null;
      raw: string | null;
      fetched_at: Date | null;
      stream: string | null;
      member_id: number;
    }>`
      select a.at, a.source_id, a.body, nullif(r.payload, '') as raw, r.fetched_at, s.name as stream, i.member_id
      from activity a join identity i on i.id = a.identity_id
      left join record r on r.source_id = a.source_id and r.id = a.id / 1024
      left join source_stream s on s.source_id = r.source_id and s.id = r.stream_id
      where a.id = ${input.id}::bigint and a.source_id in (select id from source)`.execute(context.db);
    const found = rows[0];
    if (found === undefined) throw notFound('activity', showId('activity', input.id));
    const page = await readTimeline(
      context.db,
      { sources: [found.source_id], members: [found.member_id], from: found.at, to: new Date(found.at.getTime() + 1) },
      500,
      undefined,
    );
    const row = page.rows.find((candidate) => candidate.id === showId('activity', input.id));
    if (row === undefined) throw notFound('activity', showId('activity', input.id));
    return {
      ...row,
      body: found.body,
      raw: found.raw,
      fetchedAt: found.fetched_at?.toISOString() ?? null,
      stream: found.stream,
      reading: await readingOf(context.db, found.source_id, input.id),
    };
  },
});

const summarize = defineAction({
  name: 'activities.summary',
  kind: 'query',
  access: 'light_agent',
  summary: 'Sums up what one person did: by kind and source, on each day of the last year, and in which languages they write.',
  input: z.object({ member: idInput('member') }),
  output: z.object({
    byKind: z.array(
      z.object({
        kind: z.enum(activityKinds),
        source: z.object({ id: z.string(), name: z.string() }),
        count: z.number(),
        firstAt: z.string(),
        lastAt: z.string(),
      }),
    ),
    days: z.array(z.object({ day: z.string(), count: z.number() })),
    languages: z
      .array(z.object({ language: z.enum(languageCodes), count: z.number() }))
      .describe('ISO 639-1, with how many of their texts; und is what could not be told.'),
  }),
  async run(context, input) {
    const identities = sql`array(select id from identity where member_id = ${input.member})`;
    const byKind = await sql<{ kind: number; source_id: number; name: string; n: number; first: Date; last: Date }>`
      select a.kind, a.source_id, s.name, count(*) as n, min(a.at) as first, max(a.at) as last
      from activity a join source s on s.id = a.source_id where a.identity_id = any (${identities})
      group by 1, 2, 3 order by n desc`.execute(context.db);
    const days = await sql<{ day: string; n: number }>`
      select (a.at at time zone w.time_zone)::date as day, count(*) as n
      from activity a, workspace w
      where a.identity_id = any (${identities}) and a.at > ${context.clock.now()}::timestamptz - interval '371 days'
      group by 1 order by 1`.execute(context.db);
    const languages = await sql<{ language: number; n: number }>`
      select r.language, count(*) as n from activity a join activity_reading r on r.source_id = a.source_id and r.activity_id = a.id
      where a.identity_id = any (${identities}) group by 1 order by n desc, 1`.execute(context.db);
    return {
      languages: languages.rows.map((row) => ({ language: languageOf(row.language), count: row.n })),
      byKind: byKind.rows.map((row) => ({
        kind: kindName(row.kind),
        source: { id: showId('source', row.source_id), name: row.name },
        count: row.n,
        firstAt: row.first.toISOString(),
        lastAt: row.last.toISOString(),
      })),
      days: days.rows.map((row) => ({ day: row.day, count: row.n })),
    };
  },
});

export const activitiesActions = [timeline, getActivity, getThread, summarize, correctReading, ...topicActions] satisfies readonly Action[];
