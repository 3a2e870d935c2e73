import { z } from 'zod';
import type { ConnectorIo } from '../contract.ts';
import { readAnswer } from '../kit/http.ts';
import type { Place } from '../kit/newest.ts';

export const hackernewsSettings = z
  .object({
    queries: z
      .array(z.string().trim().min(2).max(200))
      .max(50)
      .default([])
      .meta({ title: 'Searches', description: 'Words to find in stories and comments. In quotes, exactly so: "our product".' }),
    domains: z
      .array(
        z
          .string()
          .trim()
          .toLowerCase()
          .regex(/^[a-z\d-]+(?:\.[a-z\d-]+)+$/, 'is no host, such as example.org'),
      )
      .max(50)
      .default([])
      .meta({ title: 'Sites', description: 'Hosts whose pages are submitted: example.org, with all below it.' }),
    apiUrl: z
      .url({ protocol: /^https?$/ })
      .max(500)
      .default('https://hn.algolia.com/api/v1')
      .meta({ title: 'API address', description: 'Only for a proxy or a compatible server.', advanced: true }),
  })
  .refine(({ queries, domains }) => queries.length + domains.length > 0, { path: ['queries'], error: 'enter a search or a site' });

export type HackernewsSettings = z.infer<typeof hackernewsSettings>;
export type HackernewsIo = ConnectorIo<HackernewsSettings>;

export interface Search extends Place {
  query: string;
  domain?: string;
}

export function searchesOf({ queries, domains }: HackernewsSettings): Search[] {
  return [
    ...queries.map((query) => ({ id: `query ${query.toLowerCase()}`, query })),
    ...domains.map((domain) => ({ id: `site ${domain}`, query: domain, domain })),
  ];
}

const found = z.object({ hits: z.array(z.looseObject({})), nbHits: z.number().default(0) });

export const pageSize = 100;

/** Hits of one search, the newest first, cut to what was meant: the search engine also finds what is spelled alike. */
export async function search(io: HackernewsIo, wanted: Search, more: Record<string, string | number | undefined>) {
  const { query, domain } = wanted;
  const address = `${io.settings.apiUrl.replace(/\/+$/, '')}/search_by_date`;
  const params = {
    query,
    ...(domain === undefined ? { advancedSyntax: 'true' } : { restrictSearchableAttributes: 'url' }),
    hitsPerPage: pageSize,
    ...more,
  };
  const { hits, nbHits } = readAnswer(await io.http.get(address, { query: params }), found, 'what it found');
  return { hits, nbHits, meant: hits.filter((hit) => isMeant(hit, wanted)) };
}

function isMeant(hit: { [key: string]: unknown }, { query, domain }: Search): boolean {
  if (domain !== undefined) {
    const { url } = hit;
    const host = typeof url === 'string' && URL.canParse(url) ? new URL(url).hostname : '';
    return host === domain || host.endsWith(`.${domain}`);
  }
  const exact = /^"(.+)"$/.exec(query)?.[1]?.toLowerCase();
  if (exact === undefined) return true;
  return ['title', 'url', 'author', 'story_text', 'comment_text', 'story_title'].some((field) => {
    const text = hit[field];
    return typeof text === 'string' && text.toLowerCase().includes(exact);
  });
}
