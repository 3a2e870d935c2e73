import path from 'node:path';
import { z } from 'zod';

export const fileSettings = z.object({
  path: z
    .string()
    .trim()
    .min(1, 'enter the path of a file')
    .max(4000)
    .refine((text) => !text.includes('\0'), 'must not hold control characters')
    .optional()
    .meta({
      title: 'File',
      description: 'A CSV or JSON Lines file on this machine, also compressed (.gz). Empty: rows arrive by webhook only.',
    }),
  rows: z
    .enum(['auto', 'activity', 'member', 'organization', 'affiliation'])
    .default('auto')
    .meta({ title: 'Rows are', description: 'What each row describes. "auto" decides by the columns.' }),
  platform: z
    .string()
    .trim()
    .regex(/^[a-z][a-z\d_-]{0,49}$/, 'is a word of small letters, such as discourse')
    .optional()
    .meta({
      title: 'Platform of the accounts',
      description: 'Where account names belong, when the file has no column that says so: github, discourse, …',
    }),
  host: z
    .string()
    .trim()
    .max(255)
    .optional()
    .meta({ title: 'Host of the platform', description: 'For platforms that many hosts run: forum.example.org.' }),
  secret: z
    .string()
    .trim()
    .min(16)
    .max(200)
    .optional()
    .meta({ title: 'Webhook secret', description: 'What a program signs the rows with that it sends to this source.', secret: true }),
});

export type FileSettings = z.infer<typeof fileSettings>;

/** What the rows come from, in words: the file's name. */
export function fileName(settings: Pick<FileSettings, 'path'>): string {
  return settings.path === undefined ? 'the webhook' : path.basename(settings.path);
}
