import { hash } from 'node:crypto';
import type { AnyFeed } from 'feedsmith';
import { parseFeed } from 'feedsmith';
import type { Json } from '../contract.ts';
import { sourceRefused } from '../kit/failures.ts';

export interface Feed {
  title: string;
  entries: Json[];
}

interface Entry {
  id: string | undefined;
  title: string | undefined;
  url: string | undefined;
  date: string | undefined;
  author: { name?: string | undefined; email?: string | undefined; url?: string | undefined } | undefined;
  html: string | undefined;
}

/** Of a longer content only the beginning is kept; what the item links to has the rest. */
const longestHtml = 1_000_000;

/**
 * Reads RSS, Atom, RDF or JSON Feed into entries of one form; links are made absolute. Errors: `feed.not_a_feed`.
 */
export function readFeed(bytes: Uint8Array, contentType: string | undefined, url: string): Feed {
  const { title, link, entries } = parse(decode(bytes, contentType), url);
  const base = absolute(link, url) ?? url;
  return { title: title ?? new URL(url).host, entries: entries.map((entry) => entryItem(entry, base)) };
}

function parse(text: string, url: string): { title: string | undefined; link: string | undefined; entries: Entry[] } {
  let parsed: AnyFeed;
  try {
    parsed = parseFeed(text);
  } catch {
    const isPage = /<html[\s>]/i.test(text.slice(0, 5000));
    throw sourceRefused(
      'feed.not_a_feed',
      `${url} is not a feed${isPage ? ' but a web page' : ''}. Enter the address of its RSS, Atom or JSON feed, often found by adding /feed or /rss.xml.`,
    );
  }
  if (parsed.format === 'atom') {
    const { feed } = parsed;
    const entries = (feed.entries ?? []).map((entry): Entry => {
      const [author] = entry.authors ?? entry.source?.authors ?? feed.authors ?? [];
      return {
        id: entry.id,
        title: entry.title?.value,
        url: alternate(entry.links),
        date: entry.published ?? entry.updated,
        author: author === undefined ? undefined : { name: author.name, email: author.email, url: author.uri },
        html: entry.content?.value ?? entry.summary?.value,
      };
    });
    return { title: feed.title?.value, link: alternate(feed.links), entries };
  }
  if (parsed.format === 'json') {
    const { feed } = parsed;
    const entries = (feed.items ?? []).map((item): Entry => {
      const [author] = item.authors ?? feed.authors ?? [];
      return {
        id: item.id,
        title: item.title,
        url: item.url ?? item.external_url,
        date: item.date_published ?? item.date_modified,
        author,
        html: item.content_html ?? escaped(item.content_text ?? item.summary),
      };
    });
    return { title: feed.title, link: feed.home_page_url, entries };
  }
  if (parsed.format === 'rdf') {
    const { feed } = parsed;
    const entries = (feed.items ?? []).map((item): Entry => ({
      id: item.rdf?.about,
      title: item.title,
      url: item.link,
      date: item.dc?.dates?.[0],
      author: named(item.dc?.creators?.[0]),
      html: item.content?.encoded ?? item.description,
    }));
    return { title: feed.title, link: feed.link, entries };
  }
  const { feed } = parsed;
  const entries = (feed.items ?? []).map((item): Entry => {
    const [author] = item.authors ?? [];
    const permalink = item.guid?.isPermaLink === false ? undefined : item.guid?.value;
    return {
      id: item.guid?.value,
      title: item.title,
      url: item.link ?? permalink,
      date: item.pubDate ?? item.dc?.dates?.[0],
      author: author === undefined ? named(item.dc?.creators?.[0]) : { name: author.name ?? item.dc?.creators?.[0], email: author.email },
      html: item.content?.encoded ?? item.description,
    };
  });
  return { title: feed.title, link: feed.link, entries };
}

function entryItem(entry: Entry, base: string): Json {
  const url = absolute(entry.url, base);
  const id = entry.id ?? url ?? hash('sha1', `${entry.title ?? ''}\n${entry.date ?? ''}\n${entry.html ?? ''}`, 'base64url');
  const authorUrl = absolute(entry.author?.url, base);
  const author = {
    ...(entry.author?.name === undefined ? {} : { name: entry.author.name }),
    ...(entry.author?.email === undefined ? {} : { email: entry.author.email }),
    ...(authorUrl === undefined ? {} : { url: authorUrl }),
  };
  return {
    // Ids may be longer than the record's key: then their digest stands for them.
    id: id.length > 380 ? hash('sha256', id) : id,
    ...(entry.title === undefined ? {} : { title: entry.title }),
    ...(url === undefined ? {} : { url }),
    ...(entry.date === undefined ? {} : { date: entry.date }),
    ...(Object.keys(author).length === 0 ? {} : { author }),
    ...(entry.html === undefined ? {} : { html: entry.html.slice(0, longestHtml) }),
  };
}

function alternate(links: { href?: string | undefined; rel?: string | undefined }[] | undefined): string | undefined {
  return (links?.find((link) => (link.rel ?? 'alternate') === 'alternate') ?? links?.[0])?.href;
}

/** Only what a browser may be sent to. */
function absolute(link: string | undefined, base: string): string | undefined {
  if (link === undefined || link.trim() === '' || !URL.canParse(link.trim(), base)) return undefined;
  const url = new URL(link.trim(), base);
  return url.protocol === 'https:' || url.protocol === 'http:' ? url.href : undefined;
}

function named(creator: string | undefined): Entry['author'] {
  return creator === undefined ? undefined : { name: creator };
}

function escaped(text: string | undefined): string | undefined {
  return text?.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('\n', '<br>');
}

/** The header's charset wins over the document's own (RFC 7303); an unknown one is read as UTF-8. */
function decode(bytes: Uint8Array, contentType: string | undefined): string {
  const start = Buffer.from(bytes.subarray(0, 200)).toString('latin1');
  const label =
    /charset\s*=\s*"?([\w-]+)/i.exec(contentType ?? '')?.[1] ?? /^\s*<\?xml[^>]*encoding\s*=\s*["']([\w-]+)/i.exec(start)?.[1] ?? 'utf-8';
  try {
    return new TextDecoder(label).decode(bytes);
  } catch {
    return new TextDecoder().decode(bytes);
  }
}
