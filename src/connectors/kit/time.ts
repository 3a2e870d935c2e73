import { z } from 'zod';

/** 2 January 1970: whoever has no clock says 1 January, in any time zone. */
export const earliestTime = 86_400_000;
/** Clocks are off by hours, and zones by one day: more than two days ahead is no clock. */
const tolerance = 2 * 86_400_000;

/**
 * Why a time (milliseconds since 1970) cannot be one of something that happened; undefined when it can.
 * The clock is asked here because it is a record's acceptance that depends on it, never what is derived from it: a
 * record refused today for its future date can be retried when that date has come.
 */
export function absurdTime(at: number, now = Date.now()): string | undefined {
  if (!Number.isFinite(at)) return 'the date cannot be read';
  if (at < earliestTime) return `the date ${show(at)} is before 2 January 1970: the clock was not set`;
  if (at > now + tolerance) return `the date ${show(at)} is more than two days in the future`;
  return undefined;
}

/**
 * Reads a date as files and feeds give it: ISO 8601, RFC 2822, `2024-03-01 10:00`, or a number of seconds or
 * milliseconds since 1970. Without a zone it is UTC. NaN when it is none of these.
 */
export function readTime(value: string | number): number {
  if (typeof value === 'number') return fromNumber(value);
  // What most files and APIs give; anything that looks like it and is not a date falls through.
  if (value.length === 24 && value.charCodeAt(10) === 84 && value.charCodeAt(23) === 90) {
    const exact = Date.parse(value);
    if (!Number.isNaN(exact)) return exact;
  }
  const text = value.trim();
  if (/^\d{9,14}(\.\d+)?$/.test(text)) return fromNumber(Number(text));
  const iso = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:[.,]\d{1,9})?)?))?\s*(Z|UTC|[+-]\d{2}:?\d{2})?$/i.exec(text);
  if (iso === null) return looseDate(text);
  const [, day, time = '00:00', zone = 'Z'] = iso;
  return Date.parse(`${day}T${time.replace(',', '.')}${zoneOf(zone)}`);
}

/** Minutes east of UTC that a date text itself names, if it does. */
export function readOffset(value: string): number | undefined {
  const match = /([+-])(\d{2}):?(\d{2})$/.exec(value.trim());
  if (match === null || !value.includes(':')) return undefined;
  return plausibleOffset((match[1] === '-' ? -1 : 1) * (Number(match[2]) * 60 + Number(match[3])));
}

/** Offsets go from -12:00 to +14:00 on this planet; one hour more is granted to odd clocks. */
export function plausibleOffset(minutes: number): number | undefined {
  return minutes >= -13 * 60 && minutes <= 15 * 60 ? minutes : undefined;
}

function fromNumber(value: number): number {
  return value > 1e11 ? value : value * 1000;
}

/** RFC 2822 and its cousins; anything shorter (`5`, `March`) is a guess that Date.parse would make in local time. */
function looseDate(text: string): number {
  if (!/\d{4}/.test(text) || !/[a-z]{3}/i.test(text) || text.length > 60) return Number.NaN;
  return Date.parse(/(?:[A-Z]{2,4}|[+-]\d{4}|Z)$/.test(text) ? text : `${text} UTC`);
}

function zoneOf(zone: string): string {
  if (/^(z|utc)$/i.test(zone)) return 'Z';
  return zone.includes(':') ? zone : `${zone.slice(0, 3)}:${zone.slice(3)}`;
}

function show(at: number): string {
  return Math.abs(at) < 8.64e15 ? new Date(at).toISOString().slice(0, 10) : String(at);
}

/** A record's time as text: refused, with the reason, when it cannot be one of something that happened. */
export const timeText = z.string().superRefine((date, context) => {
  const why = absurdTime(readTime(date));
  if (why !== undefined) context.addIssue(`${why} ("${date.slice(0, 60)}")`);
});

/** A record's time in seconds since 1970: refused like `timeText`. */
export const timeSeconds = z.number().superRefine((seconds, context) => {
  const why = absurdTime(seconds * 1000);
  if (why !== undefined) context.addIssue(why);
});
