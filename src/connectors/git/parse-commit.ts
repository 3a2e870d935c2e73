import type { Json } from '../contract.ts';
import { latin1OrUtf8 } from './decode.ts';
import { limits } from './log-format.ts';
import type { Mailmap } from './mailmap.ts';
import type { CommitBytes } from './split-log.ts';

/** A name and address as written, and where the `.mailmap` says so, who that is. */
export type RawPerson = {
  name: string;
  email: string;
  /** What `.mailmap` makes of it; absent parts stay. */
  mapped?: { name?: string; email?: string };
  /** The address alone does not say who it is. */
  shared?: true;
};

/** Seconds since 1970, and minutes east of UTC. */
export type RawTime = [number, number];
/** Path, lines added, lines removed; null for a binary file. */
export type RawFile = [string, number | null, number | null];

/** One commit, whole but for what passes the limits, which is counted in `omitted`. */
export type RawCommit = {
  sha: string;
  parents: number;
  author: RawPerson;
  authored: RawTime;
  /** Left out when it is the author. */
  committer?: RawPerson;
  committed: RawTime;
  subject: string;
  body?: string;
  trailers?: [string, RawPerson][];
  files: RawFile[];
  touched: number;
  added: number;
  removed: number;
  omitted?: { message?: number; files?: number; trailers?: number };
};

const nul = '\0';

/** Reads one commit of git's output into a JSON value. Throws when the output is not what `logArguments` asks for. */
export function parseCommit(commit: CommitBytes, mailmap: Mailmap): RawCommit & Json {
  const { bytes } = commit;
  let text = bytes.toString('utf8', 1);
  // U+FFFD also stands for what is not UTF-8: then each line is read as what it is.
  if (text.includes('\ufffd')) text = decodeParts(bytes);
  const textEnd = text.indexOf(nul);
  const head = textEnd < 0 ? text : text.slice(0, textEnd);

  const at = { position: 0 };
  const sha = nextLine(head, at);
  const parents = nextLine(head, at);
  const author = person(nextLine(head, at), nextLine(head, at), mailmap);
  const authored = time(nextLine(head, at));
  const committerName = nextLine(head, at);
  const committerEmail = nextLine(head, at);
  const committed = time(nextLine(head, at));
  if (sha.length < 40 || Number.isNaN(committed[0]))
    throw new Error(`Git printed a commit in another form than asked for: ${head.slice(0, 200)}`);

  const raw: RawCommit = {
    sha,
    parents: parents === '' ? 0 : parents.split(' ').length,
    author,
    authored,
    committed,
    subject: '',
    files: [],
    touched: commit.omitted?.files ?? 0,
    added: commit.omitted?.added ?? 0,
    removed: commit.omitted?.removed ?? 0,
  };
  if (committerName !== author.name || committerEmail !== author.email) raw.committer = person(committerName, committerEmail, mailmap);
  const trailersOmitted = addTrailers(raw, head, at, mailmap);
  const messageOmitted = addMessage(raw, head.slice(at.position)) + (commit.omitted?.messageBytes ?? 0);
  if (textEnd >= 0) addFiles(raw, text, textEnd + 2);
  const filesOmitted = raw.touched - raw.files.length;
  if (trailersOmitted + messageOmitted + filesOmitted > 0) {
    raw.omitted = {
      ...(messageOmitted > 0 ? { message: messageOmitted } : {}),
      ...(filesOmitted > 0 ? { files: filesOmitted } : {}),
      ...(trailersOmitted > 0 ? { trailers: trailersOmitted } : {}),
    };
  }
  return raw;
}

function nextLine(text: string, at: { position: number }): string {
  const start = at.position;
  const end = text.indexOf('\n', start);
  at.position = end < 0 ? text.length : end + 1;
  return end < 0 ? text.slice(start) : text.slice(start, end);
}

function person(name: string, email: string, mailmap: Mailmap): RawPerson {
  const raw: RawPerson = { name, email };
  const mapped = mailmap.lookup(name, email);
  if (mapped !== undefined) raw.mapped = mapped;
  if (mailmap.isShared(email)) raw.shared = true;
  return raw;
}

/** `1700000000 +0130` → [1700000000, 90]. Git prints an empty text for a date that it cannot read: 0. */
function time(text: string): RawTime {
  const space = text.indexOf(' ');
  if (space < 0) return [text === '' ? 0 : Number(text), 0];
  const zone = Number(text.slice(space + 1));
  return [Number(text.slice(0, space)), Math.trunc(zone / 100) * 60 + (zone % 100)];
}

function addTrailers(raw: RawCommit, head: string, at: { position: number }, mailmap: Mailmap): number {
  let omitted = 0;
  for (let line = nextLine(head, at); line !== ''; line = nextLine(head, at)) {
    const colon = line.indexOf(':');
    const value = line.slice(colon + 1);
    const open = value.lastIndexOf('<');
    const close = open < 0 ? -1 : value.indexOf('>', open);
    const name = (open < 0 ? value : value.slice(0, open)).trim();
    const email = close < 0 ? '' : value.slice(open + 1, close).trim();
    if (name === '' && email === '') continue;
    raw.trailers ??= [];
    if (raw.trailers.length < limits.trailers)
      raw.trailers.push([line.slice(0, colon).trim().toLowerCase(), person(name.slice(0, 400), email.slice(0, 400), mailmap)]);
    else omitted++;
  }
  return omitted;
}

/** As git: the subject is the first paragraph on one line, the body what follows it. Returns what was cut. */
function addMessage(raw: RawCommit, message: string): number {
  const kept = message.length > limits.message ? message.slice(0, limits.message) : message;
  const start = kept.search(/\S/);
  if (start < 0) return message.length - kept.length;
  const gap = /\n[^\S\n]*\n/g;
  gap.lastIndex = start;
  const end = gap.exec(kept)?.index ?? kept.length;
  const subject = kept.slice(start, end);
  raw.subject = subject.includes('\n') ? subject.replace(/\s*\n\s*/g, ' ').trimEnd() : subject.trimEnd();
  const body = kept.slice(end).trim();
  if (body !== '') raw.body = body;
  return message.length - kept.length;
}

function addFiles(raw: RawCommit, text: string, start: number): void {
  for (let at = start; at < text.length;) {
    const first = text.indexOf('\t', at);
    const second = text.indexOf('\t', first + 1);
    const found = text.indexOf(nul, second);
    const end = found < 0 ? text.length : found;
    const binary = text.charCodeAt(at) === 45;
    const added = binary ? null : Number(text.slice(at, first));
    const removed = binary ? null : Number(text.slice(first + 1, second));
    raw.touched++;
    raw.added += added ?? 0;
    raw.removed += removed ?? 0;
    if (raw.files.length < limits.files) raw.files.push([text.slice(second + 1, end), added, removed]);
    at = end + 1;
  }
}

function decodeParts(bytes: Buffer): string {
  const parts: string[] = [];
  for (let start = 1; start <= bytes.length;) {
    const found = bytes.indexOf(0, start);
    const end = found < 0 ? bytes.length : found;
    parts.push(latin1OrUtf8(bytes.subarray(start, end)));
    start = end + 1;
  }
  return parts.join(nul);
}
