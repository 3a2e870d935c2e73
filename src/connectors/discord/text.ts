import { cleanText } from '../kit/text.ts';

/**
 * A message's text with mentions, emoji and times in words (discord.com/developers/docs/reference#message-formatting), and
 * without the marks of bold, struck and hidden text.
 */
export function contentToText(content: string, names: ReadonlyMap<string, string>): string {
  const plain = content
    .slice(0, 20_000)
    .replace(/<@!?(\d{1,21})>/g, (_, id: string) => `@${names.get(id) ?? id}`)
    .replace(/<@&\d{1,21}>/g, '@role')
    .replace(/<#(\d{1,21})>/g, '#$1')
    .replace(/<\/([^:<>]{1,100}):\d{1,21}>/g, '/$1')
    .replace(/<a?(:\w{1,64}:)\d{1,21}>/g, '$1')
    .replace(/<t:(\d{1,12})(?::[tTdDfFR])?>/g, (_, seconds: string) => dayOf(Number(seconds)))
    .replace(/(\*\*|~~|\|\|)(?=\S)([^\n]{1,2000}?\S|\S)\1/g, '$2');
  return cleanText(plain);
}

function dayOf(seconds: number): string {
  const time = new Date(seconds * 1000);
  return Number.isNaN(time.getTime()) ? '' : time.toISOString().slice(0, 16).replace('T', ' ');
}
