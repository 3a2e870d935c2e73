import { z } from 'zod';
import type { Derived, Json, Page } from '../contract.ts';
import { defineStream } from '../kit/define.ts';
import { cleanName, htmlToText } from '../kit/text.ts';
import { readTime, timeText } from '../kit/time.ts';
import { itemRecord, pageOf, personOf, threadOf, valueOf } from './items.ts';
import type { HackernewsIo } from './settings.ts';
import { search, searchesOf } from './settings.ts';

/** `updated_at`: when the search engine last looked at the story. At first sight on the front page that is minutes ago. */
const arrivalRecord = itemRecord.extend({ updated_at: timeText });

const kept = 'objectID created_at_i updated_at author title url points num_comments _tags'.split(' ');

/** Stories that were seen there, and when last (milliseconds): a story that comes back within a month did not arrive anew. */
const cursorSchema = z.object({ seen: z.record(z.string(), z.number()) });
const month = 30 * 86_400_000;

export const frontPage = defineStream({
  name: 'front-page',
  title: 'Front page arrivals',
  // The cursor alone knows what was seen.
  order: 'oldest-first',
  record: arrivalRecord,
  externalId: (item) => item.objectID,
  derive,
  async *pages(io: HackernewsIo, cursor: Json | undefined): AsyncGenerator<Page> {
    const parsed = cursorSchema.safeParse(cursor);
    const now = io.now().getTime();
    const seen = new Map(Object.entries(parsed.success ? parsed.data.seen : {}).filter(([, at]) => now - at < month));
    const arrived: Json[] = [];
    for (const wanted of searchesOf(io.settings)) {
      const { meant } = await search(io, wanted, { tags: 'front_page' });
      for (const hit of meant) {
        const id = String(hit['objectID']);
        if (!seen.has(id))
          arrived.push(Object.fromEntries(kept.filter((field) => hit[field] !== undefined).map((field) => [field, hit[field]])) as Json);
        seen.set(id, now);
      }
    }
    if (arrived.length > 0) yield { items: arrived, cursor: { seen: Object.fromEntries(seen) } };
  },
});

/** The community lifted it there; it stands with the one who submitted it. */
function derive(item: z.infer<typeof arrivalRecord>): Derived {
  const title = cleanName(htmlToText(item.title ?? '', 1000), 300);
  return {
    activities: [
      {
        kind: 'mention',
        platformType: 'front_page',
        at: readTime(item.updated_at),
        person: personOf(item.author),
        thread: threadOf(Number(item.objectID), title),
        url: pageOf(item.objectID),
        ...(title === '' ? {} : { title }),
        ...valueOf(item),
      },
    ],
  };
}
