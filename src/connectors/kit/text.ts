import sanitizeHtml from 'sanitize-html';

/** Control characters, lone surrogates and what changes the reading direction of everything behind it. */
// oxlint-disable-next-line no-control-regex -- the very characters that are taken out
const controls = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/g;
const spaces = /[\s\u0085\u2028\u2029]+/g;
/** Most texts need nothing: one cheap look decides. */
const suspicious = /[^\n\t\u0020-\u007e\u00a1-\u02ff\u0370-\u0482\u3400-\u9fff\uac00-\ud7a3]/;

/**
 * A name for display, on one line: without control characters and direction overrides (a name must not rewrite the
 * line it stands in), at most `longest` characters. Empty when nothing is left.
 */
export function cleanName(text: string, longest = 200): string {
  const plain = suspicious.test(text)
    ? text
        .toWellFormed()
        .replace(/[\n\r\t]/g, ' ')
        .replace(controls, '')
        .normalize('NFC')
    : text;
  return clip(plain.replace(spaces, ' ').trim(), longest);
}

/** A text of several lines: line ends made one, control characters and direction overrides removed, clipped. */
export function cleanText(text: string, longest = 20_000): string {
  const short = text.length > longest * 2 ? text.slice(0, longest * 2) : text;
  const plain = suspicious.test(short) ? short.toWellFormed().replace(/\r\n?/g, '\n').replace(controls, '') : short;
  return clip(plain.trim(), longest);
}

/** At most `longest` characters, the last of them an ellipsis where something was cut, never half a character. */
export function clip(text: string, longest: number): string {
  if (text.length <= longest) return text;
  const cut = text.slice(0, longest - 1);
  return `${/[\ud800-\udbff]$/.test(cut) ? cut.slice(0, -1) : cut}…`;
}

/** Of more HTML than this only the beginning is looked at. */
const longestHtml = 1_000_000;
/** And of what is left without plain tags: the library's time grows with the square of the depth of nesting. */
const longestBare = 200_000;
const breaks = /<br\b[^<>]*>/gi;
const items = /<li\b[^<>]*>/gi;
const blocks = /<\/?(?:p|div|h[1-6]|ul|ol|table|tr|blockquote|pre|section|article|figure|hr)\b[^<>]*>/gi;
/** Tags without any doubt about where they end. What hides its content (scripts, styles) is left to the library. */
const plainTags = /<\/?(?!script\b|style\b|textarea\b|title\b)[a-z][^<>]*>/gi;

/**
 * HTML from outside as plain text: scripts, styles and markup gone, paragraphs and list items on lines of their own.
 * The time is bounded whatever the nesting; the result is text and must be shown as such.
 */
export function htmlToText(html: string, longest = 20_000): string {
  const spaced = html.slice(0, longestHtml).replace(items, '\n- ').replace(breaks, '\n').replace(blocks, '\n\n').replace(plainTags, '');
  const bare = sanitizeHtml(spaced.slice(0, longestBare), {
    allowedTags: [],
    allowedAttributes: {},
    nonTextTags: ['script', 'style', 'textarea', 'title'],
  });
  const text = decodeEntities(bare)
    .replace(/[^\S\n]+/g, ' ')
    .replace(/ ?\n ?/g, '\n')
    .replace(/\n{3,}/g, '\n\n');
  return cleanText(text, longest);
}

/** The library escapes what could be markup again; as plain text it is itself. `&amp;` last, so that nothing decodes twice. */
function decodeEntities(text: string): string {
  return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&quot;', '"').replaceAll('&amp;', '&');
}

/** The address, where it is one that a browser may be sent to. */
export function webUrl(text: string | undefined): string | undefined {
  return text !== undefined && text.length <= 2000 && /^https?:\/\//i.test(text) && URL.canParse(text) ? text : undefined;
}
