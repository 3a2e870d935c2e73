import { latin1OrUtf8 } from './decode.ts';

/** Who a name and an address stand for. Absent parts stay as they are. */
export interface Mapped {
  name?: string;
  email?: string;
}

export interface Mailmap {
  /** As git's own look-up: the entry for address and name first, then the one for the address. */
  lookup(name: string, email: string): Mapped | undefined;
  /**
   * Whether the address alone does not say who it is: entries send it to different people depending on the name, or
   * it is where others are sent while it is sent elsewhere itself (git does not follow on, so they are two people).
   */
  isShared(email: string): boolean;
}

interface Entry extends Mapped {
  byName: Map<string, Mapped>;
}

/**
 * Reads a `.mailmap` as git does (mailmap.c; gitmailmap(5)): `Proper Name <commit@>`, `<proper@> <commit@>`,
 * `Proper Name <proper@> <commit@>` and `Proper Name <proper@> Commit Name <commit@>`; later entries win; names and
 * addresses compare without regard to ASCII case; a line that is none of these is ignored.
 */
export function parseMailmap(bytes: Buffer): Mailmap {
  const entries = new Map<string, Entry>();
  const targets = new Set<string>();
  for (const line of latin1OrUtf8(bytes).split('\n')) {
    if (!line.startsWith('#')) addLine(entries, targets, line);
  }
  const shared = new Set<string>();
  for (const [email, entry] of entries) {
    const usual = fold(entry.email ?? email);
    const splits = [...entry.byName.values()].some((mapped) => fold(mapped.email ?? email) !== usual);
    if (splits || (usual !== email && targets.has(email))) shared.add(email);
  }
  return {
    lookup(name, email) {
      const entry = entries.get(fold(email));
      if (entry === undefined) return undefined;
      const mapped = (entry.byName.size > 0 ? entry.byName.get(fold(name)) : undefined) ?? entry;
      return mapped.name === undefined && mapped.email === undefined ? undefined : mapped;
    },
    isShared: (email) => shared.size > 0 && shared.has(fold(email)),
  };
}

function addLine(entries: Map<string, Entry>, targets: Set<string>, line: string): void {
  const first = nameAndEmail(line);
  if (first === undefined || first.email === '') return;
  const second = nameAndEmail(first.rest);
  const commitEmail = fold(second?.email ?? first.email);
  const mapped: Mapped = {
    ...(first.name === '' ? {} : { name: first.name }),
    ...(second === undefined ? {} : { email: first.email }),
  };
  if (mapped.email !== undefined && fold(mapped.email) !== commitEmail) targets.add(fold(mapped.email));
  const entry = entries.get(commitEmail) ?? { byName: new Map<string, Mapped>() };
  entries.set(commitEmail, entry);
  if (second === undefined || second.name === '') Object.assign(entry, mapped);
  else entry.byName.set(fold(second.name), mapped);
}

function nameAndEmail(text: string): { name: string; email: string; rest: string } | undefined {
  const left = text.indexOf('<');
  const right = left < 0 ? -1 : text.indexOf('>', left);
  if (right < 0) return undefined;
  return { name: text.slice(0, left).trim(), email: text.slice(left + 1, right), rest: text.slice(right + 1) };
}

/** ASCII only, as git: other letters of other case are other names. */
export function fold(text: string): string {
  return /[A-Z]/.test(text) ? text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase()) : text;
}
