import { sql } from 'kysely';
import { z } from 'zod';
import { defineAction } from '../../platform/action.ts';
import type { Context } from '../../platform/context.ts';
import { idInput } from '../../platform/ids.ts';
import { pageInput, readCursor, writeCursor } from '../../platform/page.ts';
import { readWorkspace } from '../access/index.ts';
import { responseKinds, threadKinds, threadStates } from '../activities/index.ts';
import { segmentMembers } from '../members/index.ts';
import { dayIn, isDay, readDay } from './calendar.ts';
import { membersSize } from './census.ts';
import { kindNumbers } from './contribution-kinds.ts';
import { populations } from './counting.ts';
import { setOf } from './member-set.ts';
import { showThreads, threadOutput } from './thread-rows.ts';
import { firstResponses, isSolved, isTalk, kindMask, kindOf, openThreads, stateOf, walkThreads } from './thread-walk.ts';
import type { Threads } from './thread-walk.ts';

const day = z.string().refine(isDay, 'is not a day: use one such as 2026-02-28');

const input = z.object({
  waiting: z
    .enum(['anyone', 'team'])
    .optional()
    .describe(
      'Only open threads that nobody else answered yet, or that nobody of ours did; those that have waited longest come first. Talk of chat rooms only where conversations are asked for.',
    ),
  sources: z.array(idInput('source')).max(200).optional(),
  kinds: z.array(z.enum(threadKinds)).optional(),
  states: z.array(z.enum(threadStates)).optional(),
  solved: z.enum(['yes', 'no']).optional(),
  population: z.enum(populations).default('everyone').describe('Who opened it: everyone, the wider community, or the team. Never bots.'),
  segment: idInput('segment').optional().describe('Opened by somebody in this segment.'),
  member: idInput('member').optional().describe('Opened by this person.'),
  labels: z.array(z.string().max(200)).max(20).optional().describe('With all of these labels.'),
  text: z.string().trim().min(1).max(200).optional().describe('Words of the title.'),
  from: day.optional().describe('Opened on this day or later. Default: a year ago.'),
  to: day.optional().describe('Opened on this day or earlier.'),
  order: z
    .enum(['waiting', 'newest'])
    .optional()
    .describe('Default: who has waited longest first where only those are asked for, else newest first.'),
  ...pageInput,
});
type Wanted = z.output<typeof input>;

export const threadList = defineAction({
  name: 'metrics.threads',
  kind: 'query',
  access: 'light_agent',
  summary: 'Lists threads, with how long each waited for a first response: the unanswered, longest waiting first, or all, newest first.',
  input,
  output: z.object({
    total: z.number().describe('How many there are in all.'),
    longest: z.number().nullable().describe('Seconds that the one that has waited longest has waited; null where none waits.'),
    from: z.string().describe('First day that is looked at.'),
    threads: z.array(
      threadOutput.extend({
        response: z.number().nullable().describe('Seconds until somebody else answered; null: nobody did.'),
        teamResponse: z.number().nullable(),
        waited: z.number().describe('Seconds since it was opened.'),
      }),
    ),
    next: z.string().nullable(),
  }),
  async run(context, given) {
    const { timeZone } = await readWorkspace(context.db);
    const today = dayIn(timeZone, context.clock.now());
    const from = given.from === undefined ? today - 365 : readDay(given.from);
    const to = given.to === undefined ? today : readDay(given.to);
    const segment = given.segment === undefined ? undefined : await segmentMembers(context, given.segment);
    const named = await idsNamed(context, given);
    const threads = await openThreads(context, from, timeZone);
    const found = findThreads(threads, given, { from, to }, segment, named);
    const { page, next } = cut(found, given);
    const shown = await showThreads(
      context.db,
      page.map(({ id }) => id),
    );
    const byId = new Map(page.map((one) => [one.id, one]));
    return {
      total: found.length,
      longest: found.reduce<number | null>((most, one) => (one.response < 0 ? Math.max(most ?? 0, one.waited) : most), null),
      from: new Date(from * 86_400_000).toISOString().slice(0, 10),
      threads: shown.map((thread) => {
        const one = byId.get(Number.parseInt(thread.id.slice(4), 36));
        return {
          ...thread,
          response: one === undefined || one.response < 0 ? null : one.response,
          teamResponse: one === undefined || one.team < 0 ? null : one.team,
          waited: one?.waited ?? 0,
        };
      }),
      next,
    };
  },
});

interface Found {
  id: number;
  opened: number;
  response: number;
  team: number;
  waited: number;
}

/** In order: who has waited longest first, or newest first. */
function findThreads(
  threads: Threads,
  wanted: Wanted,
  window: { from: number; to: number },
  segment: readonly number[] | undefined,
  named: ReadonlySet<number> | undefined,
): Found[] {
  const { book, census, now } = threads;
  const people = wanted.member === undefined ? segment : [wanted.member];
  const members = people === undefined ? undefined : setOf(membersSize(census), people);
  const kinds = kindMask(kindNumbers(responseKinds));
  const talk = wanted.kinds?.includes('conversation') === true;
  const found: Found[] = [];
  const selection = { ...window, sources: wanted.sources, population: wanted.population, members, threadKinds: wanted.kinds };
  walkThreads(threads, selection, undefined, (slot, _day, opener) => {
    const id = book.id[slot] ?? 0;
    const [state, solved] = [stateOf(book, slot), isSolved(book, slot)];
    if (named !== undefined && !named.has(id)) return;
    if (wanted.states !== undefined && !wanted.states.includes(state)) return;
    if (wanted.solved !== undefined && solved !== (wanted.solved === 'yes')) return;
    if (wanted.waiting !== undefined && (state !== 'open' || solved || kindOf(book, slot) === 'release' || (isTalk(book, slot) && !talk)))
      return;
    const { anyone, team } = firstResponses(threads, slot, opener, kinds);
    if (wanted.waiting === 'anyone' ? anyone >= 0 : wanted.waiting === 'team' && team >= 0) return;
    const opened = book.opened[slot] ?? 0;
    found.push({ id, opened, response: anyone, team, waited: Math.floor((now - opened) / 1000) });
  });
  const oldest = (wanted.order ?? (wanted.waiting === undefined ? 'newest' : 'waiting')) === 'waiting';
  return found.sort((a, b) => (oldest ? a.opened - b.opened || a.id - b.id : b.opened - a.opened || b.id - a.id));
}

/** A page by where the one before ended, though threads come and go in between. */
function cut(found: readonly Found[], wanted: Wanted): { page: Found[]; next: string | null } {
  const after = readCursor(wanted.cursor, 2);
  const oldest = (wanted.order ?? (wanted.waiting === undefined ? 'newest' : 'waiting')) === 'waiting';
  const [opened, id] = [Number(after?.[0]), Number(after?.[1])];
  const isAfter = (one: Found): boolean =>
    oldest ? one.opened > opened || (one.opened === opened && one.id > id) : one.opened < opened || (one.opened === opened && one.id < id);
  const start = after === undefined ? 0 : found.findIndex(isAfter);
  const page = start < 0 ? [] : found.slice(start, start + wanted.limit);
  const last = page.at(-1);
  return { page, next: last === undefined || start + wanted.limit >= found.length ? null : writeCursor([last.opened, last.id]) };
}

/** Which threads have these labels and words in their title; undefined when neither is asked for. */
async function idsNamed(context: Context, { labels, text, sources }: Wanted): Promise<ReadonlySet<number> | undefined> {
  if (labels === undefined && text === undefined) return undefined;
  const words = (text ?? '').split(/\s+/).filter((word) => word !== '');
  const { rows } = await sql<{ id: number }>`
    select id from thread where ${sql.join(
      [
        sql`true`,
        ...(labels === undefined ? [] : [sql`labels @> ${labels}::text[] and labels <> '{}'`]),
        ...(sources === undefined ? [] : [sql`source_id = any (${sources}::int[])`]),
        ...words.map((word) => sql`title ilike ${`%${word.replaceAll(/[\\%_]/g, (sign) => `\\${sign}`)}%`}`),
      ],
      sql` and `,
    )}`.execute(context.db);
  return new Set(rows.map((row) => row.id));
}
