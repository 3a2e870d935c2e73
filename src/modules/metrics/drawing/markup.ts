/** Text that will stand in HTML or SVG as it is: made by `markup`, never by hand. */
export interface Markup {
  readonly markup: string;
}

type Part = string | number | null | undefined | false | Markup | readonly Part[];

/** A template whose values are escaped, unless they are markup themselves; nothing, false and empty lists leave no trace. */
export function markup(texts: TemplateStringsArray, ...values: Part[]): Markup {
  return { markup: texts.reduce((so, text, index) => so + show(values[index - 1]) + text) };
}

function show(part: Part): string {
  if (part === null || part === undefined || part === false) return '';
  if (typeof part === 'string') return escapeText(part);
  if (typeof part === 'number') return String(part);
  return 'markup' in part ? part.markup : part.map(show).join('');
}

const escapes: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

// oxlint-disable-next-line no-control-regex -- XML cannot hold these characters, not even escaped
const forbidden = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g;

function escapeText(text: string): string {
  return text.replace(forbidden, '').replace(/[&<>"']/g, (letter) => escapes[letter] ?? letter);
}
