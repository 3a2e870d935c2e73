/** FNV-1a over UTF-16 code units, well mixed (the finish of MurmurHash3). Unsigned 32 bits. */
export function hash32(text: string, seed: number): number {
  let hash = 0x811c9dc5 ^ seed;
  for (let i = 0; i < text.length; i += 1) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** 52 bits, a whole number that a double holds: two different texts meet by chance about once in 10¹⁵ pairs. */
export function hash52(text: string): number {
  return (hash32(text, 1) & 0xfffff) * 0x1_0000_0000 + hash32(text, 2);
}
