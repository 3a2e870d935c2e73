import { addressParser, decodeWords } from 'postal-mime';

export interface Mailbox {
  name: string;
  address: string;
}

/** `user at example.org (Name)`, `Name <user at example.org>`: how web archives hide addresses from harvesters. */
const mangled = /^<?([^\s<>()"@,;:]+)\s*(?:\sat\s|\(at\)|\[at\])\s*([\w-]+(?:\.[\w-]+)+)>?\s*(?:\((.*)\))?\s*$/i;
const mangledInBrackets = /^(.*?)\s*<([^<>@\s]+)\s*(?:\sat\s|\(at\)|\[at\])\s*([^<>@\s]+)>\s*$/i;
/** How a list writes itself into the sender's place, so that the mail passes DMARC. */
const via = /\s+(?:via|\(via)\s+[^<>]{1,200}$/i;

/** The first mailbox of a header as it was written (with encoded words), or undefined when it names nobody. */
export function readMailbox(header: string): Mailbox | undefined {
  const text = header.slice(0, 2000).trim();
  const bare = mangled.exec(text);
  if (bare !== null) return { address: `${bare[1]}@${bare[2]}`, name: decoded(bare[3] ?? '') };
  const inBrackets = mangledInBrackets.exec(text);
  if (inBrackets !== null) return { address: `${inBrackets[2]}@${inBrackets[3]}`, name: decoded(unquoted(inBrackets[1] ?? '')) };
  const [first] = addressParser(text, { flatten: true });
  if (first?.address === undefined || (first.address === '' && first.name === '')) return undefined;
  return { name: unquoted(decoded(first.name)), address: first.address };
}

export interface Senders {
  from: string | undefined;
  replyTo: string | undefined;
  originalFrom: string | undefined;
  /** The list's own addresses. */
  list: string[];
}

/**
 * Who wrote it. Where the list put itself into From ("Ann via dev <dev@…>"), it is whom X-Original-From or Reply-To names; where
 * they name only the list too, the name alone remains.
 */
export function readAuthor({ from, replyTo, originalFrom, list }: Senders): Mailbox | undefined {
  const author = readMailbox(from ?? '');
  if (author === undefined) return undefined;
  const isList = (address: string) => list.includes(address.toLowerCase()) || address.toLowerCase() === author.address.toLowerCase();
  const isRewritten = via.test(author.name) || list.includes(author.address.toLowerCase());
  if (!isRewritten) return author;
  const name = unquoted(author.name.replace(via, ''));
  const original = [originalFrom, replyTo]
    .map((header) => readMailbox(header ?? ''))
    .find((found) => found !== undefined && !isList(found.address));
  return original === undefined ? { name, address: '' } : { name: name || original.name, address: original.address };
}

function decoded(text: string): string {
  return decodeWords(text).trim();
}

function unquoted(text: string): string {
  return text
    .trim()
    .replace(/^(["'])(.*)\1$/s, '$2')
    .trim();
}
