import { z } from 'zod';
import type { HttpAnswer } from '../contract.ts';
import { sourceFailed, sourceLimited, sourceRefused } from '../kit/failures.ts';
import { expectOk } from '../kit/http.ts';
import type { YoutubeIo } from './settings.ts';

/** developers.google.com/youtube/v3/docs/errors */
const problem = z.object({
  error: z.object({ message: z.string().optional(), errors: z.array(z.object({ reason: z.string().optional() })).optional() }),
});

const usedUp = new Set(['quotaExceeded', 'dailyLimitExceeded']);
const tooFast = new Set(['rateLimitExceeded', 'userRateLimitExceeded']);
const notThere = new Set(['playlistNotFound', 'channelNotFound', 'videoNotFound', 'commentNotFound', 'playlistItemsNotAccessible']);

/** Reads one page of a list; each costs one unit of the day's quota. Errors: `youtube.<reason>`. */
export async function list<Schema extends z.ZodType>(
  io: YoutubeIo,
  resource: string,
  query: Record<string, string | number | undefined>,
  schema: Schema,
): Promise<{ items: z.infer<Schema>[]; next: string | undefined }> {
  const answer = await io.http.get(`${io.settings.apiUrl}/${resource}`, { query });
  if (answer.status >= 400) throw refusal(io, resource, answer);
  const parsed = z
    .object({ items: z.array(schema).default([]), nextPageToken: z.string().optional() })
    .safeParse(expectOk(answer, resource).json());
  if (!parsed.success)
    throw sourceFailed('youtube.answer', `YouTube answered ${resource} without what is expected. It is tried again later.`);
  return { items: parsed.data.items, next: parsed.data.nextPageToken };
}

function refusal(io: YoutubeIo, resource: string, answer: HttpAnswer) {
  const parsed = problem.safeParse(safeJson(answer));
  const reason = parsed.data?.error.errors?.[0]?.reason ?? `status ${answer.status}`;
  const said = (parsed.data?.error.message ?? '').replace(/<[^>]*>/g, '').slice(0, 300);
  if (usedUp.has(reason)) return sourceLimited('YouTube (the quota of the day is used up)', secondsToMidnight(io.now()));
  if (tooFast.has(reason)) return sourceLimited('YouTube', 60);
  if (notThere.has(reason))
    return sourceRefused(`youtube.${reason}`, `YouTube shows nothing there (${reason}). Check the id; it may be private or removed.`);
  if (reason === 'commentsDisabled' || reason === 'invalidPageToken') return sourceRefused(`youtube.${reason}`, `YouTube: ${said}`);
  if (/key/i.test(reason) || /API key/i.test(said))
    return sourceRefused('youtube.key', `YouTube does not accept the API key: ${said} Copy it again, and look at its restrictions.`);
  if (reason === 'accessNotConfigured' || reason === 'SERVICE_DISABLED')
    return sourceRefused(
      'youtube.disabled',
      'The YouTube Data API v3 is not enabled in the project of the key. Enable it in the Google Cloud console.',
    );
  return sourceRefused('youtube.refused', `YouTube refuses ${resource}: ${reason}. ${said}`);
}

/** Quotas begin again at midnight Pacific Time (developers.google.com/youtube/v3/determine_quota_cost); a minute later here. */
export function secondsToMidnight(now: Date): number {
  const clock = new Intl.DateTimeFormat('en-GB', {
    timeZone: 'America/Los_Angeles',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  }).format(now);
  const [hours = 0, minutes = 0, seconds = 0] = clock.split(':').map(Number);
  return 86_400 - ((hours % 24) * 3600 + minutes * 60 + seconds) + 60;
}

function safeJson(answer: HttpAnswer): unknown {
  try {
    return answer.json();
  } catch {
    return undefined;
  }
}
