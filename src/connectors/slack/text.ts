import { cleanText } from '../kit/text.ts';

const longest = 40_000;
const special = /<([^<>]{1,3000})>/g;
/** Bold, italic, struck: only around whole words, so that snake_case and 2*3*4 stay as they are. */
const marks = /(^|[\s([{"'])([*_~])(?=\S)([^\n*_~]{0,500}?\S)\2(?=$|[\s.,:;!?)\]}"'])/g;

/**
 * Slack's mrkdwn as plain text: mentions and links by their names where the text itself names them, markers removed
 * (docs.slack.dev/messaging/formatting-message-text). Code stays as it is.
 */
export function mrkdwnToText(given: string): string {
  const parts = given.slice(0, longest).split(/(```[\s\S]*?```|`[^`\n]*`)/);
  const plain = parts.map((part, index) =>
    index % 2 === 1 ? part.replace(/^`+|`+$/g, '') : part.replace(marks, '$1$3').replace(marks, '$1$3'),
  );
  const text = plain.join('').replace(special, (_, inner: string) => plainReference(inner));
  return cleanText(text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&'));
}

function plainReference(inner: string): string {
  const bar = inner.indexOf('|');
  const target = bar < 0 ? inner : inner.slice(0, bar);
  const label = bar < 0 ? '' : inner.slice(bar + 1);
  if (target.startsWith('@')) return `@${label === '' ? target.slice(1) : label.replace(/^@/, '')}`;
  if (target.startsWith('#')) return `#${label === '' ? target.slice(1) : label.replace(/^#/, '')}`;
  if (target.startsWith('!subteam^')) return label === '' ? '@group' : `@${label.replace(/^@/, '')}`;
  if (target.startsWith('!date^')) return label;
  if (target.startsWith('!')) return `@${target.slice(1)}`;
  const address = target.replace(/^mailto:/, '');
  return label === '' || label === address ? address : `${label} (${address})`;
}
