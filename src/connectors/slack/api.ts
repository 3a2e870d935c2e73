import { z } from 'zod';
import type { HttpAnswer, Json } from '../contract.ts';
import { sourceFailed, sourceLimited, sourceRefused } from '../kit/failures.ts';
import { expectOk } from '../kit/http.ts';
import type { SlackIo } from './settings.ts';

const envelope = z.object({
  ok: z.boolean(),
  error: z.string().optional(),
  needed: z.string().optional(),
  response_metadata: z.object({ next_cursor: z.string().optional(), messages: z.array(z.string()).optional() }).nullish(),
});

const tokenErrors = new Set(['invalid_auth', 'not_authed', 'account_inactive', 'token_revoked', 'token_expired', 'org_login_required']);
const channelErrors = new Set(['channel_not_found', 'not_in_channel', 'is_archived', 'no_permission', 'restricted_action']);
const passingErrors = new Set(['internal_error', 'fatal_error', 'service_unavailable', 'request_timeout', 'team_added_to_org']);

/** What the channel's refusal is known by: the other channels are read all the same. */
export const channelRefused = 'slack.channel';

/** Calls a method that reads. Slack says no with status 200 and `ok: false` (docs.slack.dev/apis/web-api/#responses). */
export async function call<Schema extends z.ZodType>(
  io: SlackIo,
  method: string,
  query: Record<string, string | number | undefined>,
  schema: Schema,
): Promise<{ data: z.infer<Schema>; next: string | undefined; answer: HttpAnswer }> {
  return judge(method, await io.http.get(`${io.settings.apiUrl}/${method}`, { query, maxBytes: 30_000_000 }), schema);
}

/** Calls a method that changes something; never tried again by itself. */
export async function act<Schema extends z.ZodType>(io: SlackIo, method: string, json: Json, schema: Schema): Promise<z.infer<Schema>> {
  const answer = await io.http.send('POST', `${io.settings.apiUrl}/${method}`, {
    json,
    headers: { 'content-type': 'application/json; charset=utf-8' },
  });
  return judge(method, answer, schema).data;
}

function judge<Schema extends z.ZodType>(
  method: string,
  answer: HttpAnswer,
  schema: Schema,
): { data: z.infer<Schema>; next: string | undefined; answer: HttpAnswer } {
  const body: unknown = expectOk(answer, `what ${method} gives`).json();
  const said = envelope.safeParse(body);
  if (!said.success) throw sourceFailed('slack.answer', `Slack answered ${method} in a form that is not known. It is tried again later.`);
  if (!said.data.ok) throw refusal(method, said.data, answer);
  const parsed = schema.safeParse(body);
  if (!parsed.success) throw sourceFailed('slack.answer', `Slack answered ${method} without what is expected. It is tried again later.`);
  const next = said.data.response_metadata?.next_cursor;
  return { data: parsed.data, next: next === '' ? undefined : next, answer };
}

function refusal(method: string, said: z.infer<typeof envelope>, answer: HttpAnswer) {
  const error = said.error ?? 'unknown_error';
  if (error === 'ratelimited') return sourceLimited('slack.com', Number(answer.headers['retry-after']) || 60);
  if (tokenErrors.has(error))
    return sourceRefused(
      'slack.token',
      `Slack does not accept the token (${error}). Copy the bot token of your app again (OAuth & Permissions).`,
    );
  if (error === 'missing_scope') {
    return sourceRefused(
      'slack.scope',
      `The app lacks the scope ${said.needed ?? ''} for ${method}. Add it under OAuth & Permissions, and install the app again.`,
    );
  }
  if (channelErrors.has(error))
    return sourceRefused(
      channelRefused,
      `Slack refuses the channel (${error}). Check its id, and invite the app there: /invite @its-name.`,
    );
  if (passingErrors.has(error)) return sourceFailed('slack.failed', `Slack has a fault of its own (${error}). It is tried again later.`);
  const more = said.response_metadata?.messages?.join('; ').slice(0, 300) ?? '';
  return sourceRefused('slack.refused', `Slack refuses ${method}: ${error}${more === '' ? '' : ` (${more})`}.`);
}
