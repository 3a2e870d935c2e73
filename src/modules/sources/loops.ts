import type { Http, HttpOptions, Page } from '../../connectors/contract.ts';
import { upstreamFailed } from '../../platform/errors.ts';

const mostSameRequests = 200;
const mostRemembered = 2000;
const mostSamePages = 20;
const mostEmptyPages = 1000;

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

/** The pages of a stream, until they go round in circles: what came before is given. Error: `source.loops`. */
export async function* straightOn(title: string, pages: AsyncIterable<Page>): AsyncGenerator<Page, undefined> {
  const seen = new Set<string>();
  const isSame = samePages();
  let empty = 0;
  for await (const page of pages) {
    const hasItems = page.items.length > 0;
    const key = JSON.stringify(page.cursor);
    empty = hasItems ? 0 : empty + 1;
    if ((hasItems && seen.has(key)) || empty > mostEmptyPages || isSame(page)) {
      throw upstreamFailed(
        'source.loops',
        `The pages of "${title}" go round in circles. What was read is kept; the next run starts there again.`,
      );
    }
    seen.add(key);
    yield page;
  }
}

/** Tells of pages that are the same again and again, though each is said to be another one. */
function samePages(): (page: Page) => boolean {
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
