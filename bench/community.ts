import { createWriteStream } from 'node:fs';
import { once } from 'node:events';
import path from 'node:path';
import { finished } from 'node:stream/promises';
import type { ActivityKind } from '../src/connectors/contract.ts';
import { createRandom, zipfRank } from './random.ts';
import { createProse, makeWord } from './words.ts';
import type { Prose } from './words.ts';

/** A made-up community as prepared JSON Lines files: one of its people, one of activities for each of ten places. */
export interface Community {
  people: string;
  places: { name: string; file: string; activities: number }[];
}

interface Place {
  name: string;
  platform: string;
  host: string;
  /** Kinds that open a thread, that answer in one, and that stand alone, each with how often it comes. */
  kinds: { kind: ActivityKind; share: number; thread: 'opens' | 'answers' | 'none'; letters: number }[];
}

const forum: Place['kinds'] = [
  { kind: 'question', share: 12, thread: 'opens', letters: 260 },
  { kind: 'post', share: 5, thread: 'opens', letters: 300 },
  { kind: 'reply', share: 35, thread: 'answers', letters: 160 },
  { kind: 'answer', share: 14, thread: 'answers', letters: 220 },
  { kind: 'accepted_answer', share: 4, thread: 'answers', letters: 0 },
  { kind: 'reaction', share: 30, thread: 'answers', letters: 0 },
];
const code: Place['kinds'] = [
  { kind: 'issue', share: 14, thread: 'opens', letters: 240 },
  { kind: 'merge_request_opened', share: 10, thread: 'opens', letters: 200 },
  { kind: 'merge_request_merged', share: 8, thread: 'answers', letters: 0 },
  { kind: 'comment', share: 38, thread: 'answers', letters: 150 },
  { kind: 'review', share: 12, thread: 'answers', letters: 60 },
  { kind: 'star', share: 14, thread: 'none', letters: 0 },
  { kind: 'fork', share: 4, thread: 'none', letters: 0 },
];
const chat: Place['kinds'] = [
  { kind: 'message', share: 78, thread: 'none', letters: 70 },
  { kind: 'reaction', share: 18, thread: 'none', letters: 0 },
  { kind: 'join', share: 4, thread: 'none', letters: 0 },
];
const places: Place[] = [
  { name: 'Forum', platform: 'discourse', host: 'forum.example.org', kinds: forum },
  { name: 'Code', platform: 'gitlab', host: 'gitlab.example.org', kinds: code },
  { name: 'Chat', platform: 'discord', host: '', kinds: chat },
  { name: 'Mirror', platform: 'github', host: '', kinds: code },
  { name: 'Questions', platform: 'stackoverflow', host: '', kinds: forum },
  { name: 'Support chat', platform: 'slack', host: 'support.example.org', kinds: chat },
  { name: 'Second forum', platform: 'reddit', host: '', kinds: forum },
  { name: 'Matrix', platform: 'matrix', host: 'matrix.example.org', kinds: chat },
  { name: 'Plug-ins', platform: 'gitea', host: 'code.example.org', kinds: code },
  { name: 'Developers', platform: 'discourse', host: 'dev.example.org', kinds: forum },
];

const githubPlace = places.findIndex((place) => place.platform === 'github');
const first = [
  'Ada',
  'Bruno',
  'Chiara',
  'Dmitri',
  'Elif',
  'Femi',
  'Grace',
  'Hiro',
  'Ines',
  'João',
  'Kateřina',
  'Lars',
  'Mei',
  'Nadia',
  'Omar',
  'Priya',
  'Quentin',
  'Rosa',
  'Søren',
  'Tuấn',
  'Uma',
  'Viktor',
  'Wanjiru',
  'Xin',
  'Yusuf',
  'Zoë',
];

/** From 2023 on, three years of days. */
const start = Date.UTC(2023, 0, 1);
const days = 1095;

/** Each place knows so many people: 25 activities for each. */
function identitiesOf(activities: number): number {
  return Math.max(50, Math.round((activities * 0.04) / places.length));
}

/**
 * Writes the files: `activities` in all, in the order of time with a jitter of some minutes. The file of people describes a
 * quarter of them: e-mail addresses, companies, and who is who on another place.
 */
export async function makeCommunity(folder: string, activities: number, progress: (done: number) => void): Promise<Community> {
  const prose = createProse(7);
  const each = Math.round(activities / places.length);
  const people = path.join(folder, 'people.jsonl');
  await writeLines(people, peopleOf(identitiesOf(activities)));
  const made: Community['places'] = [];
  for (const [index, place] of places.entries()) {
    const file = path.join(folder, `${place.name.toLowerCase().replaceAll(' ', '-')}.jsonl`);
    await writeLines(file, activitiesOf(place, index, each, identitiesOf(activities), prose));
    made.push({ name: place.name, file, activities: each });
    progress(each * (index + 1));
  }
  return { people, places: made };
}

function handleOf(place: number, n: number): string {
  const person = createRandom(n * 31 + place * 7919);
  return `${makeWord(person)}${makeWord(person)}${place}${n.toString(36)}`;
}

function nameOf(place: number, n: number): string {
  const person = createRandom(n * 17 + place * 104_729);
  const family = `${makeWord(person)}${makeWord(person)}`;
  return `${person.pick(first)} ${family.charAt(0).toUpperCase()}${family.slice(1)}`;
}

function* peopleOf(identities: number): Generator<object> {
  const companies = createRandom(3);
  const names = Array.from({ length: Math.max(5, Math.round(identities / 20)) }, (_, n) => `${makeWord(companies)}${n.toString(36)}`);
  for (const [index, place] of places.entries()) {
    for (let n = index % 4; n < identities; n += 4) {
      const random = createRandom(n + index * 1_000_003);
      const company = names[zipfRank(random, names.length)] ?? '';
      yield {
        row: 'member',
        name: nameOf(index, n),
        platform: place.platform,
        ...(place.host === '' ? {} : { host: place.host }),
        account: handleOf(index, n),
        ...(place.platform === 'github' || random.next() < 0.6 ? {} : { github: handleOf(githubPlace, n) }),
        ...(random.next() < 0.5
          ? { email: `${handleOf(index, n)}@${random.next() < 0.3 ? 'mail.example.com' : `${company}.example`}` }
          : {}),
        ...(random.next() < 0.4 ? { organization: company, from: '2023-01-01' } : {}),
      };
    }
  }
}

function* activitiesOf(place: Place, index: number, count: number, identities: number, prose: Prose): Generator<object> {
  const random = createRandom(1000 + index);
  const shares = place.kinds.flatMap((kind) => Array.from({ length: kind.share }, () => kind));
  const jitter = 20 * 60_000;
  const titles = new Map<number, string>();
  let threads = 0;
  for (let n = 0; n < count; n++) {
    const done = n / count;
    const at = start + done * (days * 86_400_000 - jitter) + random.below(jitter);
    const kind = random.pick(shares);
    // The community grows; a quarter of what happens is done by those who came last.
    const known = Math.max(10, Math.floor(identities * (0.1 + 0.9 * done)));
    const who = random.next() < 0.25 ? known - 1 - random.below(Math.ceil(known / 20)) : zipfRank(random, known);
    const answers = kind.thread === 'answers' && threads > 0;
    if (kind.thread === 'opens') titles.set(++threads, prose.text(random, 45));
    const thread = kind.thread === 'opens' ? threads : answers ? Math.max(1, threads - zipfRank(random, Math.min(threads, 400))) : 0;
    titles.delete(threads - 500);
    const url = place.host === '' ? `${place.platform}.example.com` : place.host;
    yield {
      id: `${n + 1}`,
      kind: kind.kind,
      at: new Date(at).toISOString(),
      platform: place.platform,
      ...(place.host === '' ? {} : { host: place.host }),
      account: handleOf(index, who),
      name: nameOf(index, who),
      ...(thread === 0 ? {} : { thread: `${thread}`, title: titles.get(thread) ?? 'untitled' }),
      ...(kind.letters === 0 ? {} : { text: prose.text(random, Math.ceil(kind.letters * (0.3 + 1.4 * random.next()))) }),
      ...(kind.kind === 'reaction' || kind.kind === 'join' ? {} : { url: `https://${url}/t/${thread}/${n + 1}` }),
    };
  }
}

async function writeLines(file: string, rows: Iterable<object>): Promise<void> {
  const out = createWriteStream(file, { highWaterMark: 1024 * 1024 });
  let chunk = '';
  for (const row of rows) {
    chunk += `${JSON.stringify(row)}\n`;
    if (chunk.length < 256 * 1024) continue;
    if (!out.write(chunk)) await once(out, 'drain');
    chunk = '';
  }
  out.end(chunk);
  await finished(out);
}
