/** How long a guesser would take, in four steps; length is what counts (NIST SP 800-63B), sameness what spoils it. */
export interface Strength {
  /** 0 to 4. */
  score: number;
  word: string;
  advice: string;
}

const common =
  /^(password|passwort|qwerty|qwertz|letmein|welcome|admin|rapport|devrel|community|changeme|iloveyou|monkey|dragon|football|secret)/i;
const runs = 'abcdefghijklmnopqrstuvwxyz0123456789qwertyuiopasdfghjklzxcvbnm';

/** Bits that remain when repeats, runs and the person's own words count for little. */
function bitsOf(password: string, own: readonly string[]): number {
  let rest = password.toLowerCase();
  for (const word of own.flatMap((text) => text.toLowerCase().split(/[^a-z0-9]+/u))) if (word.length > 2) rest = rest.replaceAll(word, 'a');
  rest = rest.replace(common, 'a');
  let letters = 0;
  const characters = Array.from(rest);
  characters.forEach((character, index) => {
    const before = characters[index - 1] ?? '';
    const predictable = before !== '' && (character === before || runs.includes(before + character));
    letters += predictable ? 0.3 : 1;
  });
  const kinds = [/[a-z]/, /[A-Z]/, /\d/, /[^a-zA-Z\d]/].filter((kind) => kind.test(password)).length;
  return letters * (2.6 + 0.6 * kinds) * Math.min(1, new Set(characters).size / 6);
}

/** `own` are words that a guesser knows: the name, the address, the workspace. */
export function strengthOf(password: string, minLength: number, own: readonly string[]): Strength {
  if (password.length < minLength) {
    return {
      score: password === '' ? 0 : 1,
      word: 'Too short',
      advice: `At least ${minLength} characters. A few unrelated words are easy to remember.`,
    };
  }
  const bits = bitsOf(password, own);
  if (bits < 36) return { score: 2, word: 'Weak', advice: 'Easy to guess: it repeats, runs on, or uses your own words.' };
  if (bits < 56) return { score: 3, word: 'Good', advice: 'Another word would make it strong.' };
  return { score: 4, word: 'Strong', advice: 'Keep it in a password manager.' };
}
