import { z } from 'zod';
import type { ConnectorIo, HttpAnswer, HttpOptions, Json } from '../contract.ts';
import { sourceRefused } from '../kit/failures.ts';
import { readAnswer } from '../kit/http.ts';

export const discourseSettings = z.object({
  address: z
    .url({ protocol: /^https?$/, error: 'enter an address that begins with https://' })
    .max(500)
    .refine((text) => !/^https?:\/\/[^/]*@/.test(text), 'must not hold a user name or password')
    .meta({ title: 'Address', description: 'Of the forum, as in a browser: https://forum.example.org.' }),
  apiKey: z.string().trim().max(500).optional().meta({
    title: 'API key',
    description: 'For a forum that is not public, and to answer there. A public forum is read without.',
    secret: true,
  }),
  apiUsername: z.string().trim().max(100).optional().meta({
    title: 'API user name',
    description: 'As whom the key reads and writes. Without it, system.',
  }),
  questionCategories: z
    .array(
      z
        .string()
        .trim()
        .regex(/^\d{1,9}$/, 'is the number at the end of a category’s address'),
    )
    .max(200)
    .default([])
    .meta({
      title: 'Question categories',
      description: 'Numbers of the categories whose topics are questions: 12 of /c/support/12. Replies there are answers.',
    }),
  members: z.boolean().default(true).meta({
    title: 'Members, likes and badges',
    description: 'Reads public profiles, who liked what, and badges. Needs a forum that shows its members, or an API key.',
  }),
  webhookSecret: z.string().trim().min(8).max(200).optional().meta({
    title: 'Webhook secret',
    description: 'The same as in the forum’s webhook, so that news arrives at once.',
    secret: true,
  }),
});

export type DiscourseSettings = z.infer<typeof discourseSettings>;
export type DiscourseIo = ConnectorIo<DiscourseSettings>;

/** Without the slash at its end; a forum may live in a folder of its host. */
export function baseOf(settings: Pick<DiscourseSettings, 'address'>): string {
  return settings.address.replace(/[/?#]*$/, '');
}

export function hostOf(settings: Pick<DiscourseSettings, 'address'>): string {
  return new URL(settings.address).host;
}

/** One answer of the forum's API, read by a schema of what is used. `what` ends the sentence "refuses to show …". */
export async function ask<Schema extends z.ZodType>(
  io: DiscourseIo,
  path: string,
  schema: Schema,
  what: string,
  query?: HttpOptions['query'],
): Promise<z.infer<Schema>> {
  const answer = await io.http.get(`${baseOf(io.settings)}${path}`, query === undefined ? {} : { query });
  return readAnswer(answer, schema, what);
}

const refusal = z.object({ errors: z.array(z.string()).min(1) });

/** Asks for a change. Errors: `discourse.refused` with the forum's own words. */
export async function tell(io: DiscourseIo, method: 'POST' | 'PUT', path: string, json: Json): Promise<HttpAnswer> {
  const { settings } = io;
  if (settings.apiKey === undefined) {
    throw sourceRefused('discourse.no_key', 'This forum is only read: enter an API key in the source’s settings to write there.');
  }
  const answer = await io.http.send(method, `${baseOf(settings)}${path}`, { json });
  if (answer.status < 300) return answer;
  const said = refusal.safeParse(readJson(answer));
  const why = said.success ? said.data.errors.join(' ') : `status ${answer.status}`;
  throw sourceRefused(
    'discourse.refused',
    `${hostOf(settings)} refused (status ${answer.status}): ${why.slice(0, 500)} Check what the API key's user may do there.`,
  );
}

function readJson(answer: HttpAnswer): unknown {
  try {
    return answer.json();
  } catch {
    return undefined;
  }
}
