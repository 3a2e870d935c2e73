import { hash } from 'node:crypto';
import { z } from 'zod';
import type { CheckLine, ConnectorIo, Derived, HttpAnswer, Json, Page, Person } from '../contract.ts';
import { defineConnector, defineStream } from '../kit/define.ts';
import { tried } from '../kit/failures.ts';
import { expectOk } from '../kit/http.ts';
import { isOwnAddress, personOfEmail } from '../kit/people.ts';
import { cleanName, htmlToText, webUrl } from '../kit/text.ts';
import { absurdTime, readOffset, readTime } from '../kit/time.ts';
import type { Feed } from './entries.ts';
import { readFeed } from './entries.ts';

const feedSettings = z.object({
  url: z
    .url({ protocol: /^https?$/, error: 'enter an address that begins with https://' })
    .max(2000)
    .meta({ title: 'Address', description: 'Of the RSS, Atom or JSON feed.' }),
  author: z
    .string()
    .trim()
    .max(200)
    .optional()
    .meta({ title: 'Author', description: 'Whom posts without an author belong to. Without it, the feed itself.' }),
});

type FeedSettings = z.infer<typeof feedSettings>;
type FeedIo = ConnectorIo<FeedSettings>;

const entryRecord = z.object({
  id: z.string().min(1).max(380),
  title: z.string().optional(),
  url: z.string().optional(),
  date: z.string({ error: 'the post has no date' }).superRefine((date, context) => {
    const why = absurdTime(readTime(date));
    if (why !== undefined) context.addIssue(`${why} ("${date.slice(0, 60)}")`);
  }),
  author: z.object({ name: z.string().optional(), email: z.string().optional(), url: z.string().optional() }).optional(),
  html: z.string().optional(),
  feed: z.string(),
});

/** What the server said about the version that was read, and a digest of its body for servers that say nothing. */
const cursorSchema = z.object({ etag: z.string().optional(), lastModified: z.string().optional(), digest: z.string() });

const posts = defineStream({
  name: 'posts',
  title: 'Posts',
  order: 'snapshot',
  record: entryRecord,
  externalId: (entry) => entry.id,
  derive,
  async *pages(io: FeedIo, cursor: Json | undefined): AsyncGenerator<Page> {
    const parsed = cursorSchema.safeParse(cursor);
    const known = parsed.success ? parsed.data : undefined;
    const answer = await get(io, {
      ...(known?.etag === undefined ? {} : { 'if-none-match': known.etag }),
      ...(known?.lastModified === undefined ? {} : { 'if-modified-since': known.lastModified }),
    });
    if (answer.status === 304) return;
    const digest = hash('sha256', answer.bytes).slice(0, 32);
    if (digest === known?.digest) return;
    const { etag, 'last-modified': lastModified } = answer.headers;
    const feed = read(answer);
    const items = feed.entries
      .map((entry) => ({ ...(entry as { [key: string]: Json }), feed: feed.title }))
      .filter((entry) => isWanted(entry, io.since));
    yield {
      items,
      total: items.length,
      cursor: { digest, ...(etag === undefined ? {} : { etag }), ...(lastModified === undefined ? {} : { lastModified }) },
    };
  },
});

function get(io: FeedIo, headers: Record<string, string> = {}): Promise<HttpAnswer> {
  const accept = 'application/feed+json, application/atom+xml, application/rss+xml, application/xml;q=0.9, */*;q=0.5';
  return io.http.get(io.settings.url, { headers: { accept, ...headers } }).then((answer) => expectOk(answer, 'the feed'));
}

function read(answer: HttpAnswer): Feed {
  return readFeed(answer.bytes, answer.headers['content-type'], answer.url);
}

function isWanted(entry: { [key: string]: Json }, since: Date | undefined): boolean {
  const date = entry['date'];
  // A date that cannot be read is for quarantine to show.
  return since === undefined || typeof date !== 'string' || !(readTime(date) < since.getTime());
}

function derive(entry: z.infer<typeof entryRecord>, settings: FeedSettings): Derived {
  const { person, links } = authorOf(entry, settings);
  const offset = readOffset(entry.date);
  const url = webUrl(entry.url);
  const title = cleanName(entry.title === undefined ? '' : htmlToText(entry.title), 300);
  const text = entry.html === undefined ? '' : htmlToText(entry.html);
  const activity = {
    kind: 'post' as const,
    at: readTime(entry.date),
    person,
    ...(offset === undefined ? {} : { offset }),
    ...(title === '' ? {} : { title }),
    ...(text === '' ? {} : { text }),
    ...(url === undefined ? {} : { url }),
  };
  return { activities: [activity], ...(links.length === 0 ? {} : { links }) };
}

/** The post's own author; else whom the settings name; else the feed. A name counts within this feed's host only. */
function authorOf({ author, feed }: z.infer<typeof entryRecord>, settings: FeedSettings) {
  const host = new URL(settings.url).host;
  const email = author?.email ?? '';
  const name = cleanName(author?.name ?? '') || (isOwnAddress(email) ? '' : (settings.author ?? cleanName(feed)));
  const found = personOfEmail(name, email, host);
  const url = webUrl(author?.url);
  const person: Person = url === undefined ? found.person : { ...found.person, url };
  return { person, links: found.links };
}

async function check(io: FeedIo): Promise<CheckLine[]> {
  return [
    await tried('Read the feed', async () => {
      const feed = read(await get(io));
      const undated = feed.entries.filter((entry) => !entryRecord.safeParse({ ...(entry as object), feed: feed.title }).success).length;
      return `"${cleanName(feed.title)}" has ${feed.entries.length} posts${undated === 0 ? '' : `, ${undated} of them without a date that can be read`}.`;
    }),
  ];
}

export const feed = defineConnector({
  name: 'feed',
  title: 'RSS, Atom or JSON feed',
  summary: 'Reads the posts of a blog, podcast, forum or release feed.',
  settings: feedSettings,
  nameOf: (settings) => new URL(settings.url).host,
  everyMinutes: 60,
  requestsPerSecond: 1,
  check,
  streams: [posts],
});
