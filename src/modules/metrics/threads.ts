import { z } from 'zod';
import { defineAction } from '../../platform/action.ts';
import type { Context } from '../../platform/context.ts';
import { idInput } from '../../platform/ids.ts';
import { cursorInvalid, pageInput, readCursor, writeCursor } from '../../platform/page.ts';
import { readWorkspace } from '../access/index.ts';
import { threadKinds, threadsLabelled, threadsTitled, threadStates } from '../activities/index.ts';
import { segmentMembers } from '../members/index.ts';
import { dayIn, isDay, readDay } from './calendar.ts';
import { membersSize } from './census.ts';
import { populations } from './counting.ts';
import { setOf } from './member-set.ts';
import { slotsOf } from './thread-book.ts';
import { listThreads } from './thread-list.ts';
import type { ListedThread, ThreadPlace } from './thread-list.ts';
import { showThreads, threadOutput } from './thread-rows.ts';
import { openThreads } from './thread-walk.ts';
import type { Standing, Threads } from './thread-walk.ts';

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
  text: z
    .string()
    .trim()
    .min(1)
    .max(200)
    .optional()
    .describe(
      'Words of the title, in any order: each must begin one, so that `auth` finds `authentication`. Signs are not looked at: `++` alone finds nothing.',
    ),
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
    const { page, total, longest, next } = readPage(threads, given, { from, to }, segment, named);
    const shown = await showThreads(
      context.db,
      page.map(({ id }) => id),
    );
    const byId = new Map(page.map((one) => [one.id, one]));
    return {
      total,
      longest,
      from: new Date(from * 86_400_000).toISOString().slice(0, 10),
      threads: shown.map((thread) => {
        const one = byId.get(Number.parseInt(thread.id.slice(4), 36));
        return {
          ...thread,
          response: one === undefined || one.response < 0 ? null : one.response,
          teamResponse: one === undefined || one.teamResponse < 0 ? null : one.teamResponse,
          waited: one?.waited ?? 0,
        };
      }),
      next,
    };
  },
});

/** A page by where the one before ended, though threads come and go in between. */
function readPage(
  threads: Threads,
  wanted: Wanted,
  window: { from: number; to: number },
  segment: readonly number[] | undefined,
  named: Int32Array | undefined,
): { page: ListedThread[]; total: number; longest: number | null; next: string | null } {
  const { book, census } = threads;
  const { sources, population, kinds: threadKinds, waiting, order, limit } = wanted;
  const people = wanted.member === undefined ? segment : [wanted.member];
  const {
    threads: page,
    more,
    ...rest
  } = listThreads(threads, {
    selection: {
      ...window,
      sources,
      population,
      threadKinds,
      standing: standsAsWanted(wanted),
      members: people === undefined ? undefined : setOf(membersSize(census), people),
      slots: named === undefined ? undefined : slotsOf(book, named),
    },
    unanswered: waiting,
    oldestFirst: (order ?? (waiting === undefined ? 'newest' : 'waiting')) === 'waiting',
    limit,
    after: placeIn(wanted.cursor),
  });
  const last = page.at(-1);
  return { ...rest, page, next: more && last !== undefined ? writeCursor([last.opened, last.id]) : null };
}

/** Whether a thread stands as is asked for. */
function standsAsWanted({ states, solved: solvedOnly, waiting, kinds }: Wanted): (standing: Standing) => boolean {
  const talkToo = kinds?.includes('conversation') === true;
  return ({ kind, state, solved, talk }) => {
    if (states !== undefined && !states.includes(state)) return false;
    if (solvedOnly !== undefined && solved !== (solvedOnly === 'yes')) return false;
    return waiting === undefined || (state === 'open' && !solved && kind !== 'release' && (talkToo || !talk));
  };
}

/** Errors: `cursor.invalid`. */
function placeIn(cursor: string | undefined): ThreadPlace | undefined {
  const after = readCursor(cursor, 2);
  if (after === undefined) return undefined;
  const [opened, id] = [Number(after[0]), Number(after[1])];
  // What a date can hold.
  if (!(Math.abs(opened) <= 8.64e15) || Number.isNaN(id)) throw cursorInvalid();
  return { opened, id };
}

/** Ids of the threads with these labels and with these words in their title; undefined when neither is asked for. */
async function idsNamed({ db }: Context, { labels, text, sources }: Wanted): Promise<Int32Array | undefined> {
  const titled = text === undefined ? undefined : await threadsTitled(db, text, sources);
  const labelled = labels === undefined ? undefined : await threadsLabelled(db, labels, sources);
  if (titled === undefined || labelled === undefined) return titled ?? labelled;
  const both = new Set(labelled);
  return titled.filter((id) => both.has(id));
}
