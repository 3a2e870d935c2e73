import type { Http, HttpOptions, Page } from '../../connectors/contract.ts';
import { upstreamFailed } from '../../platform/errors.ts';

const mostSameRequests = 200;
const mostRemembered = 2000;
const mostSamePages = 20;

/** A list whose "next" leads back is asked for ever: the same question again and again within one reading ends it. */
export function withoutCircles(http: Http): Http {
  const asked = new Map<string, number>();
  function count(url: string, { query }: HttpOptions): void {
    const key = query === undefined ? url : `${url} ${JSON.stringify(query)}`;
    const times = (asked.get(key) ?? 0) + 1;
    asked.delete(key);
    asked.set(key, times);
    if (asked.size > mostRemembered) asked.delete(asked.keys().next().value ?? '');
    if (times > mostSameRequests) {
      const host = URL.canParse(url) ? new URL(url).host : 'The other side';
      throw upstreamFailed('source.loops', `${host} leads in circles: what comes next is what was there before. What was read is kept.`);
    }
  }
  return {
    ...http,
    async get(url, options = {}) {
      count(url, options);
      return http.get(url, options);
    },
  };
}

/** Tells of pages that are the same again and again, though each is said to be another one. */
export function samePages(): (page: Page) => boolean {
  let last = '';
  let times = 0;
  return ({ items }) => {
    if (items.length === 0) return false;
    const now = markOf(items);
    times = now === last ? times + 1 : 0;
    last = now;
    return times > mostSamePages;
  };
}

/** Cheap: its size and both ends. */
function markOf(items: Page['items']): string {
  try {
    return JSON.stringify([items.length, items[0], items.at(-1)]);
  } catch {
    // Nested too deep to be written: quarantine says so.
    return '';
  }
}
