import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { AppError } from '../../platform/errors.ts';
import type { HttpAnswer, Json } from '../contract.ts';
import { sourceFailed, sourceRefused } from '../kit/failures.ts';
import type { DiscordIo } from './settings.ts';

/** What a refusal of one channel is known by: the others are read all the same. */
const placeRefused = 'discord.refused';

const problem = z.object({ code: z.number(), message: z.string() });
const longestPause = 30;

/** Reads; `schema` is what is needed of the answer. Errors: `discord.token`, `discord.refused`, `discord.gone`, `discord.answer`. */
export async function get<Schema extends z.ZodType>(
  io: DiscordIo,
  path: string,
  query: Record<string, string | number | undefined>,
  schema: Schema,
): Promise<z.infer<Schema>> {
  const answer = await io.http.get(`${io.settings.apiUrl}${path}`, { query, maxBytes: 30_000_000 });
  return judged(io, path, answer, schema);
}

/** Changes something over there. `reason` stands in the server's audit log. */
export async function act<Schema extends z.ZodType>(
  io: DiscordIo,
  method: 'POST' | 'PUT' | 'PATCH' | 'DELETE',
  path: string,
  body: { json?: Json; form?: FormData; reason?: string | undefined },
  schema: Schema,
): Promise<z.infer<Schema>> {
  const answer = await io.http.send(method, `${io.settings.apiUrl}${path}`, {
    ...(body.json === undefined ? {} : { json: body.json }),
    ...(body.form === undefined ? {} : await encode(body.form)),
    ...(body.reason === undefined ? {} : { headers: { 'x-audit-log-reason': encodeURIComponent(body.reason).slice(0, 512) } }),
  });
  return judged(io, path, answer, schema);
}

/** As multipart/form-data. */
async function encode(form: FormData): Promise<{ body: Uint8Array; headers: Record<string, string> }> {
  const encoded = new Response(form);
  const type = encoded.headers.get('content-type') ?? 'multipart/form-data';
  return { body: new Uint8Array(await encoded.arrayBuffer()), headers: { 'content-type': type } };
}

async function judged<Schema extends z.ZodType>(io: DiscordIo, path: string, answer: HttpAnswer, schema: Schema): Promise<z.infer<Schema>> {
  await untilRefilled(io, answer);
  if (answer.status >= 400) throw refusal(path, answer);
  const parsed = schema.safeParse(answer.status === 204 ? null : answer.json());
  if (!parsed.success) throw sourceFailed('discord.answer', `Discord answered ${path} without what is expected. It is tried again later.`);
  return parsed.data;
}

/** The bucket of these requests is empty: the next would be refused (discord.com/developers/docs/topics/rate-limits). */
async function untilRefilled(io: DiscordIo, { headers }: HttpAnswer): Promise<void> {
  const seconds = Number(headers['x-ratelimit-reset-after']);
  if (headers['x-ratelimit-remaining'] !== '0' || !(seconds > 0)) return;
  await sleep(Math.min(seconds, longestPause) * 1000, undefined, { signal: io.signal }).catch((error: unknown) => {
    io.signal.throwIfAborted();
    throw error;
  });
}

function refusal(path: string, answer: HttpAnswer): AppError {
  const parsed = problem.safeParse(safeJson(answer));
  const said = parsed.success ? `${parsed.data.message} (${parsed.data.code})` : `status ${answer.status}`;
  if (answer.status === 401)
    return sourceRefused('discord.token', `Discord does not accept the token: ${said}. Make a new one (Bot, Reset Token), and enter it.`);
  if (answer.status === 403) {
    return sourceRefused(placeRefused, `Discord refuses ${path}: ${said}. Give the bot's role the permission, or take the channel out.`);
  }
  if (answer.status === 404) return sourceRefused('discord.gone', `Discord knows nothing at ${path}: ${said}. Check the ids.`);
  return sourceRefused('discord.invalid', `Discord refuses ${path}: ${said}.`);
}

function safeJson(answer: HttpAnswer): unknown {
  try {
    return answer.json();
  } catch {
    return undefined;
  }
}

export function isClosed(error: unknown): error is AppError {
  return error instanceof AppError && (error.code === placeRefused || error.code === 'discord.gone');
}
