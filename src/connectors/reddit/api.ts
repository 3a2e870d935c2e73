import { z } from 'zod';
import type { Http, HttpAnswer } from '../contract.ts';
import { sourceLimited, sourceRefused } from '../kit/failures.ts';
import { readAnswer } from '../kit/http.ts';
import type { RedditIo, RedditSettings } from './settings.ts';

/** What one run knows: the token, and how much of the allowance is left. Forgotten with the run's connection. */
interface Session {
  token?: { value: string; until: number };
  left?: number;
  resetAt?: number;
}

const sessions = new WeakMap<Http, Session>();

function sessionOf(io: RedditIo): Session {
  const session = sessions.get(io.http) ?? {};
  sessions.set(io.http, session);
  return session;
}

/** One listing or object. Errors: `http.rate_limited`, `reddit.sign_in`, and those of `expectOk`. */
export async function ask<Schema extends z.ZodType>(
  io: RedditIo,
  path: string,
  query: Record<string, string | number | undefined>,
  schema: Schema,
  what: string,
): Promise<z.infer<Schema>> {
  const url = `${io.settings.apiUrl.replace(/\/+$/, '')}${path}`;
  const answer = await signed(io, (headers) => io.http.get(url, { query: { raw_json: 1, ...query }, headers }));
  return readAnswer(answer, schema, what);
}

const done = z.object({
  json: z.object({
    errors: z.array(z.array(z.unknown())).default([]),
    ratelimit: z.number().optional(),
    data: z.looseObject({}).optional(),
  }),
});

/** Asks for a change, as the user. Errors: `reddit.read_only`, `reddit.refused` with Reddit's own words, `http.rate_limited`. */
export async function tell(io: RedditIo, path: string, form: Record<string, string>): Promise<{ [key: string]: unknown }> {
  const { settings } = io;
  if (settings.refreshToken === undefined && settings.password === undefined) {
    throw sourceRefused(
      'reddit.read_only',
      'This source only reads: enter a refresh token, or the password of the account, in its settings.',
    );
  }
  const url = `${settings.apiUrl.replace(/\/+$/, '')}${path}`;
  const answer = await signed(io, (headers) => io.http.send('POST', url, { form: { ...form, api_type: 'json' }, headers }));
  const { errors, ratelimit, data } = readAnswer(answer, done, 'that it was done').json;
  if (ratelimit !== undefined) throw sourceLimited(new URL(url).host, Math.ceil(ratelimit));
  const said = errors.map(([name, message]) => `${String(message)} (${String(name)})`).join(' ');
  if (said !== '') throw sourceRefused('reddit.refused', `Reddit refused: ${said.slice(0, 500)}`);
  return data ?? {};
}

/** A token may be taken back before its time: then one more is asked for. */
async function signed(io: RedditIo, send: (headers: Record<string, string>) => Promise<HttpAnswer>): Promise<HttpAnswer> {
  const session = sessionOf(io);
  for (let attempt = 1; ; attempt++) {
    const wait = ((session.resetAt ?? 0) - io.now().getTime()) / 1000;
    if (session.left !== undefined && session.left < 1 && wait > 0) throw sourceLimited(new URL(io.settings.apiUrl).host, Math.ceil(wait));
    session.token = await tokenOf(io, session);
    const answer = await send({ authorization: `bearer ${session.token.value}` });
    remember(session, answer, io.now().getTime());
    if (answer.status !== 401 || attempt > 1) return answer;
    delete session.token;
  }
}

/** Both are numbers with a point: "12.0" left, "345" seconds until there are more. */
function remember(session: Session, { headers }: HttpAnswer, now: number): void {
  const left = Number(headers['x-ratelimit-remaining'] ?? Number.NaN);
  const reset = Number(headers['x-ratelimit-reset'] ?? Number.NaN);
  if (!Number.isFinite(left) || !Number.isFinite(reset)) return;
  session.left = left;
  session.resetAt = now + reset * 1000;
}

const tokenAnswer = z.object({ access_token: z.string().min(1), expires_in: z.number().default(3600) });

async function tokenOf(io: RedditIo, session: Session): Promise<NonNullable<Session['token']>> {
  const now = io.now().getTime();
  if (session.token !== undefined && session.token.until > now) return session.token;
  const { settings } = io;
  const basic = Buffer.from(`${settings.clientId}:${settings.clientSecret}`).toString('base64');
  const url = `${settings.authUrl.replace(/\/+$/, '')}/api/v1/access_token`;
  // Asking for a token changes nothing, so it may be tried again.
  const answer = await io.http.send('POST', url, { form: grantOf(settings), headers: { authorization: `Basic ${basic}` }, safe: true });
  const given = tokenAnswer.safeParse(answer.status === 200 ? answer.json() : undefined);
  if (!given.success) {
    throw sourceRefused(
      'reddit.sign_in',
      `Reddit does not accept the app (status ${answer.status}). Check its id and secret, and the password or refresh token if one was entered.`,
    );
  }
  return { value: given.data.access_token, until: now + (given.data.expires_in - 60) * 1000 };
}

/** github.com/reddit-archive/reddit/wiki/OAuth2: as nobody, as the app's owner, or as who allowed it. */
function grantOf(settings: RedditSettings): Record<string, string> {
  if (settings.refreshToken !== undefined) return { grant_type: 'refresh_token', refresh_token: settings.refreshToken };
  if (settings.password !== undefined) return { grant_type: 'password', username: settings.account, password: settings.password };
  return { grant_type: 'client_credentials' };
}
