import { z } from 'zod';
import type { ActivityKind, Derived, Json, Page, Person, ThreadDraft } from '../contract.ts';
import { defineStream } from '../kit/define.ts';
import { walkNewest } from '../kit/newest.ts';
import type { Entry, Listing } from '../kit/newest.ts';
import { cleanName, htmlToText } from '../kit/text.ts';
import { timeSeconds } from '../kit/time.ts';
import type { HackernewsIo, Search } from './settings.ts';
import { pageSize, search, searchesOf } from './settings.ts';

export const itemRecord = z.object({
  objectID: z.string().regex(/^\d{1,20}$/),
  created_at_i: timeSeconds,
  author: z.string().refine((text) => cleanName(text) !== '', 'nobody wrote it'),
  title: z.string().nullish(),
  points: z.number().nullish(),
  story_text: z.string().nullish(),
  comment_text: z.string().nullish(),
  story_id: z.int().nullish(),
  story_title: z.string().nullish(),
  parent_id: z.int().nullish(),
  _tags: z.array(z.string()).default([]),
});

export type Item = z.infer<typeof itemRecord>;

const kept =
  'objectID created_at_i author title url points num_comments story_text comment_text story_id story_title story_url parent_id _tags'.split(
    ' ',
  );

/** Points and comments still come in. */
const again = 3 * 86_400_000;

export const items = defineStream({
  name: 'items',
  title: 'Stories and comments',
  order: 'newest-first',
  record: itemRecord,
  externalId: (item) => item.objectID,
  derive,
  async *pages(io: HackernewsIo, cursor: Json | undefined): AsyncGenerator<Page> {
    const searches = new Map(searchesOf(io.settings).map((one) => [one.id, one]));
    yield* walkNewest(io, cursor, {
      places: [...searches.values()],
      againMs: again,
      read: async ({ id }, next) => {
        const wanted = searches.get(id);
        return wanted === undefined ? { entries: [], next: undefined } : readItems(io, wanted, next);
      },
    });
  },
});

const nextSchema = z.object({ before: z.int(), ids: z.array(z.string()) });

/**
 * A search gives a thousand hits at most, however many pages are asked for. So no pages are: each request asks for what is not
 * newer than the last hit before, and leaves out what was seen of that second.
 */
async function readItems(io: HackernewsIo, wanted: Search, next: Json | undefined): Promise<Listing> {
  const parsed = nextSchema.safeParse(next);
  const at = parsed.success ? parsed.data : undefined;
  const since = io.since === undefined ? undefined : `created_at_i>=${Math.floor(io.since.getTime() / 1000)}`;
  const before = at === undefined ? undefined : `created_at_i<=${at.before}`;
  const numericFilters = [since, before].filter((one) => one !== undefined).join(',') || undefined;
  const tags = wanted.domain === undefined ? '(story,comment,poll)' : 'story';
  const { hits, meant } = await search(io, wanted, { tags, numericFilters });
  const entries = meant.map(entryOf).filter(({ id }) => at === undefined || !at.ids.includes(id));
  return { entries, next: hits.length < pageSize ? undefined : nextOf(hits.map(entryOf), at?.before) };
}

function entryOf(hit: { [key: string]: unknown }): Entry {
  const at = typeof hit['created_at_i'] === 'number' ? hit['created_at_i'] * 1000 : Number.NaN;
  const item = Object.fromEntries(
    kept.filter((field) => hit[field] !== undefined && hit[field] !== null).map((field) => [field, hit[field]]),
  );
  return { rank: at, id: String(hit['objectID']), at, item: item as Json };
}

function nextOf(hits: readonly Entry[], last: number | undefined): Json | undefined {
  const oldest = Math.min(...hits.map(({ at }) => at).filter((at) => Number.isFinite(at))) / 1000;
  if (!Number.isFinite(oldest)) return undefined;
  // A hundred in one second: there is no way to ask for the rest of them.
  if (oldest === last) return { before: oldest - 1, ids: [] };
  return { before: oldest, ids: hits.filter(({ at }) => at === oldest * 1000).map(({ id }) => id) };
}

function derive(item: Item): Derived {
  const isComment = item._tags.includes('comment');
  const title = cleanName(htmlToText((isComment ? item.story_title : item.title) ?? '', 1000), 300);
  const text = htmlToText((isComment ? item.comment_text : item.story_text) ?? '');
  const kind: ActivityKind = isComment ? (item.parent_id === item.story_id ? 'comment' : 'reply') : 'post';
  const thread = isComment ? item.story_id : Number(item.objectID);
  return {
    activities: [
      {
        kind,
        platformType: isComment ? 'comment' : (item._tags.find((tag) => tag === 'poll') ?? 'story'),
        at: item.created_at_i * 1000,
        person: personOf(item.author),
        ...(typeof thread === 'number' ? { thread: threadOf(thread, title, isComment ? undefined : item) } : {}),
        url: pageOf(item.objectID),
        ...(title === '' ? {} : { title }),
        ...(text === '' ? {} : { text }),
        ...valueOf(item),
      },
    ],
  };
}

export function personOf(author: string): Person {
  const value = cleanName(author);
  return { platform: 'hackernews', type: 'account', value, url: `https://news.ycombinator.com/user?id=${encodeURIComponent(value)}` };
}

export function valueOf({ points }: Pick<Item, 'points'>): { value?: number } {
  return typeof points === 'number' && Number.isSafeInteger(points) ? { value: points } : {};
}

const labels: Record<string, string> = { ask_hn: 'Ask HN', show_hn: 'Show HN', launch_hn: 'Launch HN' };

export function threadOf(id: number, title: string, opening?: Item): ThreadDraft {
  return {
    externalId: String(id),
    kind: 'story',
    url: pageOf(String(id)),
    ...(title === '' ? {} : { title }),
    ...(opening === undefined ? {} : { opens: true, labels: opening._tags.flatMap((tag) => labels[tag] ?? []) }),
  };
}

export function pageOf(id: string): string {
  return `https://news.ycombinator.com/item?id=${id}`;
}
