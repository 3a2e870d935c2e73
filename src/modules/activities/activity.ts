import { z } from 'zod';
import { activityKinds } from '../../connectors/contract.ts';
import { languageCodes, sentiments } from './languages.ts';
import type { TimelineRow } from './timeline.ts';

/** An activity as lists show it. */
export const activity = z.object({
  id: z.string(),
  kind: z.enum(activityKinds),
  platformType: z.string().nullable(),
  at: z.string(),
  offsetMinutes: z.number().nullable(),
  title: z.string().nullable(),
  excerpt: z.string().nullable(),
  url: z.string().nullable(),
  value: z.number().nullable(),
  source: z.object({ id: z.string(), name: z.string(), connector: z.string() }),
  thread: z.string().nullable(),
  topics: z.array(z.object({ id: z.string(), name: z.string(), colour: z.number() })),
  language: z
    .enum(languageCodes)
    .nullable()
    .describe('ISO 639-1, und for unknown; null where nobody wrote words, or they are not read yet.'),
  sentiment: z.enum(sentiments).nullable(),
  person: z.object({
    id: z.string(),
    name: z.string(),
    avatarUrl: z.string().nullable(),
    bot: z.string(),
    ours: z.boolean(),
    identity: z.string(),
  }),
}) satisfies z.ZodType<TimelineRow>;
