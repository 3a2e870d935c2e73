import { z } from 'zod';
import { activityKinds } from '../../connectors/contract.ts';
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
  person: z.object({
    id: z.string(),
    name: z.string(),
    avatarUrl: z.string().nullable(),
    bot: z.string(),
    ours: z.boolean(),
    identity: z.string(),
  }),
}) satisfies z.ZodType<TimelineRow>;
