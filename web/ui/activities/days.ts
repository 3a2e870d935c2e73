const formats = new Map<string, Intl.DateTimeFormat>();
const title = new Intl.DateTimeFormat('en-GB', { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric', timeZone: 'UTC' });

/** The calendar day of a moment in a zone (the viewer's by default): `2026-03-01`. */
export function dayOf(at: string | Date, timeZone?: string): string {
  const zone = timeZone ?? 'local';
  let format = formats.get(zone);
  if (format === undefined) {
    format = new Intl.DateTimeFormat('sv-SE', { dateStyle: 'short', ...(timeZone === undefined ? {} : { timeZone }) });
    formats.set(zone, format);
  }
  return format.format(typeof at === 'string' ? new Date(at) : at);
}

/** `2026-03-01` → `Sunday 1 March 2026`. */
export function dayTitle(day: string): string {
  return day === '' ? '' : title.format(new Date(`${day}T00:00:00Z`));
}
