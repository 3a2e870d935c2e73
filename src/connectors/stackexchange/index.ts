import { z } from 'zod';
import type { CheckLine } from '../contract.ts';
import { defineConnector } from '../kit/define.ts';
import { sourceRefused, tried } from '../kit/failures.ts';
import { questions } from './questions.ts';
import type { StackexchangeIo } from './settings.ts';
import { ask, stackexchangeSettings } from './settings.ts';

const site = z.object({
  items: z.array(z.looseObject({ total_questions: z.number() })),
  quota_remaining: z.number().optional(),
  quota_max: z.number().optional(),
});
const tags = z.object({ items: z.array(z.object({ name: z.string(), count: z.number() })) });

async function check(io: StackexchangeIo): Promise<CheckLine[]> {
  const { settings } = io;
  const lines = [
    await tried('Read the site', async () => {
      const { items, quota_remaining: left, quota_max: most } = await ask(io, '/info', { site: settings.site }, site, 'its figures');
      const total = items[0]?.total_questions ?? 0;
      return `${settings.site} has ${total.toLocaleString('en')} questions. ${left ?? '?'} of ${most ?? '?'} requests are left today.`;
    }),
  ];
  if (settings.tags.length > 0) {
    lines.push(
      await tried('Find the tags', async () => {
        const path = `/tags/${settings.tags.map(encodeURIComponent).join(';')}/info`;
        const { items } = await ask(io, path, { site: settings.site }, tags, 'its tags');
        const missing = settings.tags.filter((tag) => !items.some(({ name }) => name === tag));
        if (missing.length > 0)
          throw sourceRefused('stackexchange.tag', `${settings.site} has no tag ${missing.join(', ')}. Check the spelling.`);
        return items.map(({ name, count }) => `${name}: ${count.toLocaleString('en')} questions`).join('; ');
      }),
    );
  }
  return lines;
}

export const stackexchange = defineConnector({
  name: 'stackexchange',
  title: 'Stack Overflow and Stack Exchange',
  summary: 'Reads questions, answers and comments of Stack Overflow or another Stack Exchange site, by tag.',
  settings: stackexchangeSettings,
  nameOf: ({ site: host, tags: chosen }) => (chosen.length === 0 ? host : `${host}: ${chosen.join(', ')}`),
  everyMinutes: 120,
  requestsPerSecond: 2,
  authorize: ({ key }) => (key === undefined ? {} : { query: { key } }),
  check,
  streams: [questions],
});
