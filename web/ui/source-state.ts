import type { Output } from '../api.ts';
import { formatDuration } from './format.ts';
import type { Mood } from './Status.tsx';

export type SourceHealth = Output<'sources.list'>['sources'][number];

/** How a source does, in one word and a sentence. The most pressing comes first. */
export function stateOf(source: SourceHealth): { mood: Mood; word: string; detail: string } {
  if (source.state === 'removing') return { mood: 'busy', word: 'Removing', detail: 'Its data is being deleted.' };
  if (source.state === 'kept')
    return { mood: 'quiet', word: 'Removed', detail: 'It was removed; what it brought is kept. Connect it again to read on.' };
  if (source.running) return { mood: 'busy', word: 'Reading', detail: 'A reading is under way.' };
  if (source.state === 'paused')
    return { mood: source.failingSince === null ? 'quiet' : 'risk', word: 'Paused', detail: source.pausedReason ?? 'Paused by hand.' };
  if (source.failingSince !== null) return { mood: 'risk', word: 'Failing', detail: source.lastError ?? 'The last readings failed.' };
  if (source.silent)
    return {
      mood: 'attention',
      word: 'Silent',
      detail: 'Far fewer items in the last seven days than usual. Check whether something changed on the other side.',
    };
  if (source.lastSuccessAt === null) return { mood: 'quiet', word: 'New', detail: 'Not read yet.' };
  if (source.lagMinutes > Math.max(15, source.everyMinutes))
    return {
      mood: 'attention',
      word: 'Late',
      detail: `The last success lies ${formatDuration(source.lagMinutes * 60)} further back than its schedule asks.`,
    };
  if (source.warnings.length > 0) return { mood: 'attention', word: 'In part', detail: source.warnings.join('\n') };
  if (source.quarantined > 0)
    return { mood: 'attention', word: 'Quarantine', detail: 'Some records could not be read. Look at them and retry.' };
  return { mood: 'good', word: 'Healthy', detail: 'The last reading went through.' };
}

const causes: Record<string, string> = {
  first: 'First reading',
  schedule: 'On schedule',
  request: 'Asked for',
  webhook: 'Webhook',
  rederive: 'Derived again',
  retry: 'Quarantine retried',
};

export function causeName(cause: string): string {
  return causes[cause] ?? cause;
}

const spans: [number, string][] = [
  [5, '5 minutes'],
  [15, '15 minutes'],
  [30, '30 minutes'],
  [60, 'hour'],
  [180, '3 hours'],
  [360, '6 hours'],
  [720, '12 hours'],
  [1440, 'day'],
  [10_080, 'week'],
];

/** Choices of a schedule; one that is not among them is added. */
export function schedules(current: number): { value: string; label: string }[] {
  const all = spans.some(([minutes]) => minutes === current)
    ? spans
    : [...spans, [current, formatDuration(current * 60)] as [number, string]].sort((a, b) => a[0] - b[0]);
  return all.map(([minutes, words]) => ({ value: String(minutes), label: `Every ${words}` }));
}
