const longestWait = 24 * 60 * 60;
const unnamedWait = 60;

/**
 * How many seconds the other side wants to be left alone, or undefined when the answer is none of a limit.
 * 429 is; 503 is when it says until when; 403 is when the allowance is used up (GitHub does so).
 * `Retry-After` is seconds or a date (RFC 9110, 10.2.3). `X-RateLimit-Reset` and `RateLimit-Reset` are seconds from
 * now, or since 1970, depending on who sends them.
 */
export function secondsToWait(status: number, headers: Record<string, string>, now: Date): number | undefined {
  const named = readRetryAfter(headers['retry-after'], now);
  const usedUp = isNone(headers['x-ratelimit-remaining']) || isNone(headers['ratelimit-remaining']);
  const limited = status === 429 || (status === 503 && named !== undefined) || (status === 403 && (usedUp || named !== undefined));
  if (!limited) return undefined;
  const reset = readReset(headers['x-ratelimit-reset'] ?? headers['ratelimit-reset'], now);
  const wait = named ?? reset ?? unnamedWait;
  return Math.min(longestWait, Math.max(1, Math.ceil(wait)));
}

/** Reddit counts with a point: "0.0". */
function isNone(value: string | undefined): boolean {
  return value !== undefined && value.trim() !== '' && Number(value) < 1;
}

function readRetryAfter(value: string | undefined, now: Date): number | undefined {
  if (value === undefined) return undefined;
  if (/^\d+$/.test(value.trim())) return Number(value);
  const at = Date.parse(value);
  return Number.isNaN(at) ? undefined : (at - now.getTime()) / 1000;
}

function readReset(value: string | undefined, now: Date): number | undefined {
  const number = Number(value);
  if (value === undefined || !Number.isFinite(number) || number < 0) return undefined;
  if (number > 1e12) return (number - now.getTime()) / 1000;
  return number > 1e9 ? number - now.getTime() / 1000 : number;
}
