/**
 * How texts are indexed for search: words in lower case, unstemmed (any language). Scripts that are written without spaces are
 * indexed by character, and searched as a phrase of characters.
 */
const spaceless = String.raw`[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\u0e00-\u0e7f]`;
const everySpaceless = new RegExp(spaceless, 'g');

/** The words of a text, as a part of a statement: a tsvector. */
export function wordsOf(text: string): string {
  // Most texts are ASCII, and need no look for such scripts.
  return `to_tsvector('simple', case when octet_length(${text}) = length(${text}) then ${text}
    else regexp_replace(${text}, '(${spaceless})', ' \\1 ', 'g') end)`;
}

/** What somebody typed, with the characters of such scripts apart: for a query over `wordsOf`. */
export function typedWords(typed: string): string {
  return typed.replace(everySpaceless, ' $& ');
}

/**
 * For `to_tsquery` over `wordsOf`: each word that was typed must begin one, in any order; where it is several to PostgreSQL (a
 * hyphen, a script without spaces) they stand side by side. Quoted: no sign in it is an operator.
 */
export function beginningsOf(typed: string): string {
  const words = new Set(typed.split(/\s+/).filter((word) => word !== ''));
  return [...words].map((word) => `'${typedWords(word).replaceAll('\\', '\\\\').replaceAll("'", "''")}':*`).join(' & ');
}
