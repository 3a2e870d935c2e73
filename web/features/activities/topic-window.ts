import type { Output } from '../../api.ts';
import { formatShare } from '../../ui/format.ts';

export type Topic = Output<'topics.list'>['topics'][number];
export type TopicFigures = Output<'metrics.topics'>['topics'][number];

export const spans = ['30', '90', '365'] as const;
export type Span = (typeof spans)[number];

export function isSpan(text: string): text is Span {
  return (spans as readonly string[]).includes(text);
}

/** The last so many days, as the server takes them. */
export function windowOfDays(days: number): { from: string; to: string } {
  const now = Date.now();
  return { from: dayAt(now - (days - 1) * 86_400_000), to: dayAt(now) };
}

function dayAt(at: number): string {
  return new Date(at).toISOString().slice(0, 10);
}

/** How it went against the time before, with a shape beside the number. */
export function changeWords(now: number, before: number): string {
  if (now === before) return '—';
  if (before === 0) return 'new';
  return `${now > before ? '▲' : '▼'} ${formatShare(Math.abs(now - before) / before)}`;
}
