import { z } from 'zod';
import type { ConnectorIo, HttpAnswer } from '../contract.ts';
import { sourceFailed, sourceLimited, sourceRefused } from '../kit/failures.ts';
import { readAnswer } from '../kit/http.ts';

export const stackexchangeSettings = z.object({
  site: z
    .string()
    .trim()
    .toLowerCase()
    .regex(/^[a-z\d-]+(?:\.[a-z\d-]+)+$/, 'enter the site’s host, such as stackoverflow.com or unix.stackexchange.com')
    .max(200)
    .default('stackoverflow.com')
    .meta({ title: 'Site', description: 'Its host: stackoverflow.com, serverfault.com, unix.stackexchange.com.' }),
  tags: z
    .array(
      z
        .string()
        .trim()
        .toLowerCase()
        .regex(/^[^\s;,&?]{1,35}$/, 'is no tag'),
    )
    .max(20)
    .default([])
    .meta({ title: 'Tags', description: 'Questions with any of them. Without tags, the whole site: only for small ones.' }),
  key: z.string().trim().max(200).optional().meta({
    title: 'API key',
    description: 'From stackapps.com. Raises the limit from 300 to 10,000 requests a day.',
    secret: true,
  }),
  apiUrl: z
    .url({ protocol: /^https?$/ })
    .max(500)
    .default('https://api.stackexchange.com/2.3')
    .meta({ title: 'API address', description: 'Only for a proxy or a compatible server.', advanced: true }),
});

export type StackexchangeSettings = z.infer<typeof stackexchangeSettings>;
export type StackexchangeIo = ConnectorIo<StackexchangeSettings>;

const failure = z.object({ error_id: z.number(), error_name: z.string(), error_message: z.string().default('') });

/**
 * One answer of the API. Errors: `http.rate_limited` when the day's requests are used up or the pace was too fast,
 * `stackexchange.refused` for settings that cannot work, `source.failed`.
 */
export async function ask<Schema extends z.ZodType>(
  io: StackexchangeIo,
  path: string,
  query: Record<string, string | number | undefined>,
  schema: Schema,
  what: string,
): Promise<z.infer<Schema>> {
  const answer = await io.http.get(`${io.settings.apiUrl.replace(/\/+$/, '')}${path}`, { query });
  if (answer.status >= 400) throw failureOf(answer);
  return readAnswer(answer, schema, what);
}

/** Errors come with status 400 and say in the body what they are (api.stackexchange.com/docs/error-handling). */
function failureOf(answer: HttpAnswer): Error {
  const { host } = new URL(answer.url);
  const said = failure.safeParse(readJson(answer));
  if (!said.success) return sourceFailed('source.failed', `${host} answered status ${answer.status}. It is tried again later.`);
  const { error_name: name, error_message: message } = said.data;
  if (name === 'throttle_violation') return sourceLimited(host, Number(/in (\d+) seconds?/.exec(message)?.[1] ?? 600));
  if (said.data.error_id >= 500)
    return sourceFailed('source.failed', `${host} has trouble of its own: ${message} It is tried again later.`);
  return sourceRefused(
    'stackexchange.refused',
    `${host} refused: ${name}, ${message.slice(0, 300)}. Check the site, the tags and the key.`,
  );
}

function readJson(answer: HttpAnswer): unknown {
  try {
    return answer.json();
  } catch {
    return undefined;
  }
}
