import type { CheckLine } from '../contract.ts';
import { defineConnector } from '../kit/define.ts';
import { tried } from '../kit/failures.ts';
import { frontPage } from './front-page.ts';
import { items } from './items.ts';
import type { HackernewsIo } from './settings.ts';
import { hackernewsSettings, search, searchesOf } from './settings.ts';

async function check(io: HackernewsIo): Promise<CheckLine[]> {
  const lines: CheckLine[] = [];
  for (const wanted of searchesOf(io.settings)) {
    lines.push(
      await tried(`Find ${wanted.query}`, async () => {
        const tags = wanted.domain === undefined ? '(story,comment,poll)' : 'story';
        const { nbHits } = await search(io, wanted, { tags });
        return `${nbHits.toLocaleString('en')} stories and comments were found.`;
      }),
    );
  }
  return lines;
}

export const hackernews = defineConnector({
  name: 'hackernews',
  title: 'Hacker News',
  summary: 'Reads stories and comments that mention something, and tells when one reaches the front page.',
  settings: hackernewsSettings,
  nameOf: ({ queries, domains }) => `Hacker News: ${[...queries, ...domains].join(', ')}`.slice(0, 200),
  everyMinutes: 30,
  requestsPerSecond: 2,
  check,
  streams: [items, frontPage],
});
