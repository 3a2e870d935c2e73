import type { Json } from '../contract.ts';
import { readTime } from '../kit/time.ts';
import { codeOf, sourceFailed } from '../kit/failures.ts';
import { githubGet, linksOf } from './api.ts';
import type { Repository } from './repositories.ts';
import type { GithubIo } from './settings.ts';
import { apiAddress } from './settings.ts';
import type { Listing, Marks } from './walks.ts';

/** How a repository's list is asked for: its path behind `/repos/owner/name`, and its words in a failure. */
export interface List {
  path: string;
  what: string;
  query?: Record<string, string | number | undefined>;
  headers?: Record<string, string>;
}

/** One page of a REST list, each item marked as this repository's. Errors: as `githubGet`. */
export async function readList(
  io: GithubIo,
  repository: Repository,
  list: List,
  next: string | undefined,
  etag: string | undefined,
): Promise<Listing> {
  io.signal.throwIfAborted();
  const what = `${list.what} of ${repository.fullName}`;
  const url = next ?? apiAddress(io.settings, `/repos/${repository.fullName}${list.path}`);
  const conditional = next === undefined && etag !== undefined ? { 'if-none-match': etag } : {};
  try {
    const answer = await githubGet(io, url, what, {
      headers: { ...list.headers, ...conditional },
      ...(next === undefined ? { query: { ...list.query, per_page: 100 } } : {}),
    });
    // An answer that nothing changed costs nothing of the allowance.
    // https://docs.github.com/en/rest/using-the-rest-api/best-practices-for-using-the-rest-api
    if (answer.status === 304) return { items: [], unchanged: true };
    const items = answer.json();
    if (!Array.isArray(items)) throw sourceFailed('source.failed', `${new URL(answer.url).host} answered something else than ${what}.`);
    return {
      items: items.map((item) => marked(item as Json, repository)),
      next: linksOf(io, answer).next,
      etag: answer.headers['etag'],
    };
  } catch (error) {
    if (codeOf(error) === 'github.disabled') return { items: [] };
    // Of the longest lists GitHub shows only so many pages: what lies behind is not to be had.
    if (next === undefined || codeOf(error) !== 'github.list_end') throw error;
    io.warn(`GitHub shows only the newest part of ${what}; what lies behind it cannot be read.`);
    return { items: [] };
  }
}

/** The list of a repository does not say whose it is; a webhook does. Both add the same. */
export function marked(item: Json, repository: { id: number; fullName: string }): Json {
  const { id, fullName } = repository;
  return isObject(item) ? { ...item, repository: { id, full_name: fullName } } : item;
}

/** By id and the time in `field`; what has no such time is as old as can be. */
export function marksBy(field: string): Marks {
  return {
    idOf: (item) => (isObject(item) ? wordOf(item['id']) : ''),
    changedAt(item) {
      const time = isObject(item) ? item[field] : undefined;
      const at = typeof time === 'string' ? readTime(time) : Number.NaN;
      return Number.isNaN(at) ? 0 : at;
    },
  };
}

export function isObject(item: Json | undefined): item is { [key: string]: Json } {
  return typeof item === 'object' && item !== null && !Array.isArray(item);
}

/** A text or number as text; what is neither is none. */
export function wordOf(value: Json | undefined): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

/** `since` as the API takes it, without fractions of a second. */
export function sinceText(since: Date | undefined): string | undefined {
  return since === undefined ? undefined : `${since.toISOString().slice(0, 19)}Z`;
}
