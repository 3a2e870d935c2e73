import { z } from 'zod';
import type { Json, Page } from '../contract.ts';
import { sourceLimited } from '../kit/failures.ts';
import type { StackexchangeIo } from './settings.ts';
import { ask } from './settings.ts';

const cursorSchema = z.object({
  /** Last activity in seconds up to which all is read, and what was read of that second. */
  min: z.int(),
  ids: z.array(z.int()),
  /** More than one only where a hundred questions share a second. */
  page: z.int().positive(),
  /** When young questions were last looked at again (milliseconds). */
  looked: z.number().optional(),
  step: z.int().optional(),
});

type Cursor = z.infer<typeof cursorSchema>;

/** What has no number is still handed on, for quarantine to show. */
const question = z.looseObject({ question_id: z.int().catch(-1), last_activity_date: z.int().catch(-1) });
const found = z.object({
  items: z.array(question).default([]),
  has_more: z.boolean().default(false),
  backoff: z.number().optional(),
  quota_remaining: z.number().optional(),
});

type Found = z.infer<typeof found>;

/** Comments, votes and acceptances do not count as activity over there: young questions are looked at again once a day. */
const youngMs = 14 * 86_400_000;
const dayMs = 86_400_000;
const pageSize = 100;

/**
 * Questions with all that hangs on them, by last activity, oldest first. Each next request begins where the last answer ended
 * instead of turning pages: what moves while reading comes again later, and deep pages are refused without a key.
 */
export async function* readQuestions(io: StackexchangeIo, given: Json | undefined): AsyncGenerator<Page> {
  const parsed = cursorSchema.safeParse(given);
  const since = io.since === undefined ? undefined : Math.floor(io.since.getTime() / 1000);
  const filter = await createFilter(io);
  let cursor: Cursor | undefined = parsed.success ? parsed.data : undefined;
  for (let more = true; more;) {
    const answer: Found = await list(io, filter, 'activity', cursor?.min ?? since, cursor?.page ?? 1);
    const known = new Set(cursor?.ids);
    const items = answer.items.filter((one) => !(one.last_activity_date === cursor?.min && known.has(one.question_id)));
    cursor = moved(cursor, answer);
    more = answer.has_more && answer.items.length > 0;
    if (items.length > 0 && cursor !== undefined) yield { items: items as Json[], cursor: cursor as Json };
    obey(io, answer, more || parsed.success);
  }
  if (parsed.success && cursor !== undefined) yield* lookAgain(io, filter, cursor);
}

function moved(cursor: Cursor | undefined, { items, has_more: more }: Found): Cursor | undefined {
  const last = Math.max(...items.map((one) => one.last_activity_date));
  if (last < 0) return cursor;
  const ids = items.filter((one) => one.last_activity_date === last).map((one) => one.question_id);
  const looked = cursor?.looked === undefined ? {} : { looked: cursor.looked };
  if (last !== cursor?.min) return { min: last, ids, page: 1, ...looked };
  return { min: last, ids: [...new Set([...cursor.ids, ...ids])], page: more ? cursor.page + 1 : 1, ...looked };
}

/** The questions asked in the last two weeks, as they are now. */
async function* lookAgain(io: StackexchangeIo, filter: string, cursor: Cursor): AsyncGenerator<Page> {
  const now = io.now().getTime();
  const from = now - youngMs;
  // Where nothing moved since, nothing was asked since.
  if (cursor.min * 1000 < from || (cursor.looked !== undefined && now - cursor.looked < dayMs)) return;
  let more = true;
  for (let page = 1; more; page++) {
    const answer: Found = await list(io, filter, 'creation', Math.floor(from / 1000), page);
    more = answer.has_more && answer.items.length > 0;
    const reached: Cursor = more ? { ...cursor, step: page } : { ...cursor, step: page, looked: now };
    yield { items: answer.items as Json[], cursor: reached as Json };
    obey(io, answer, more);
  }
}

function list(io: StackexchangeIo, filter: string, sort: 'activity' | 'creation', min: number | undefined, page: number): Promise<Found> {
  const { site, tags } = io.settings;
  // `/questions` wants all of the tags, `/search` any of them.
  const path = tags.length > 1 ? '/search' : '/questions';
  const tagged = tags.length === 0 ? undefined : tags.join(';');
  return ask(io, path, { site, order: 'asc', sort, min, tagged, filter, pagesize: pageSize, page }, found, 'its questions');
}

/** Throws when the API says to wait: what was read so far is kept. */
function obey(io: StackexchangeIo, { backoff, quota_remaining: left }: Found, more: boolean): void {
  const { host } = new URL(io.settings.apiUrl);
  if (left !== undefined && left <= 0) {
    const now = io.now();
    const midnight = Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate() + 1);
    throw sourceLimited(host, Math.ceil((midnight - now.getTime()) / 1000));
  }
  if (more && backoff !== undefined && backoff > 0) throw sourceLimited(host, Math.ceil(backoff) + 1);
}

/** What the default leaves out. `account_id` joins one person's accounts of several sites. */
const fields = [
  'question.body',
  'question.answers',
  'question.comments',
  'question.closed_date',
  'question.accepted_answer_id',
  'answer.body',
  'answer.comments',
  'answer.is_accepted',
  'comment.body',
  'shallow_user.account_id',
];

/** Filters never change and never expire: the same fields always give the same name. */
async function createFilter(io: StackexchangeIo): Promise<string> {
  const answer = z.object({ items: z.array(z.object({ filter: z.string() })).min(1) });
  const query = { base: 'default', include: fields.join(';'), unsafe: 'false' };
  return (await ask(io, '/filters/create', query, answer, 'a filter')).items[0]?.filter ?? 'default';
}
