import type { Page } from '../../connectors/contract.ts';

/** The pages of a stream, read while the ones before are written. */
export interface PagesAhead {
  /**
   * What waits, in its order, to be written in one transaction: at least one page; undefined at the end. Pages come one by one
   * from a side that is slower than writing. Throws what reading threw, after the pages from before that, and the signal's
   * reason at once.
   */
  take(): Promise<Page[] | undefined>;
}

/** Reads on until pages with `most` items wait; no more of them are taken together, unless one page alone holds more. */
export function readAhead(pages: AsyncIterator<Page>, most: number, signal: AbortSignal): PagesAhead {
  const waiting: Page[] = [];
  let size = 0;
  let end: { failure?: unknown } | undefined;
  let reading = false;
  let wake = (): void => undefined;

  async function read(): Promise<void> {
    if (reading) return;
    reading = true;
    try {
      while (end === undefined && size < most && !signal.aborted) {
        const next = await pages.next();
        if (next.done === true) end = {};
        else {
          waiting.push(next.value);
          size += sizeOf(next.value);
        }
        wake();
      }
    } catch (failure) {
      end = { failure };
      wake();
    } finally {
      reading = false;
    }
  }

  /** Not `Promise.race` against one promise for the whole run, which would keep every page until its end. */
  function news(): Promise<void> {
    return new Promise((resolve) => {
      const settle = (): void => {
        signal.removeEventListener('abort', settle);
        resolve();
      };
      wake = settle;
      signal.addEventListener('abort', settle, { once: true });
    });
  }

  return {
    async take() {
      void read();
      while (waiting.length === 0 && end === undefined && !signal.aborted) await news();
      signal.throwIfAborted();
      if (waiting.length > 0) {
        const together = waiting.splice(0, countTogether(waiting, most));
        size -= together.reduce((sum, page) => sum + sizeOf(page), 0);
        void read();
        return together;
      }
      if (end !== undefined && 'failure' in end) throw end.failure;
      return undefined;
    },
  };
}

function sizeOf(page: Page): number {
  // A page without items moves the cursor on, and is not free.
  return Math.max(1, page.items.length + (page.unreadable?.length ?? 0));
}

/** A page that says what is gone stands alone: it may be what a page before it brought. */
function countTogether(waiting: readonly Page[], most: number): number {
  let size = 0;
  let count = 0;
  for (const page of waiting) {
    size += sizeOf(page);
    if (count > 0 && (size > most || page.gone !== undefined)) break;
    count += 1;
    if (page.gone !== undefined) break;
  }
  return count;
}

/** Pages that follow each other, as one. */
export function joined(pages: readonly Page[]): Page {
  const [only] = pages;
  if (only !== undefined && pages.length === 1) return only;
  const unreadable = pages.flatMap((page) => page.unreadable ?? []);
  const total = pages.findLast((page) => page.total !== undefined)?.total;
  return {
    items: pages.flatMap((page) => page.items),
    ...(unreadable.length === 0 ? {} : { unreadable }),
    ...(total === undefined ? {} : { total }),
    cursor: pages.at(-1)?.cursor ?? null,
  };
}
