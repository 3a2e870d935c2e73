const format = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric', timeZone: 'UTC' });

/** `2026-03-01` → `1 Mar 2026`, whatever the viewer's zone. */
export function showDay(day: string): string {
  return format.format(new Date(`${day}T00:00:00Z`));
}

/** The span of an affiliation in words; both ends may be open. */
export function fromTo(from: string | null, to: string | null): string {
  if (from === null && to === null) return 'nobody knows since when';
  if (from === null) return `until ${showDay(to ?? '')}`;
  return to === null ? `since ${showDay(from)}` : `${showDay(from)} – ${showDay(to)}`;
}
