import type { ActivityKind } from '../contract.ts';
import { chance, people, pick } from './people.ts';
import type { DemoPerson } from './people.ts';

export const demoPlaces = ['forum', 'code', 'chat'] as const;
export type DemoPlace = (typeof demoPlaces)[number];

export interface DemoThread {
  id: string;
  title: string;
  opens: boolean;
  kind?: 'question' | 'topic' | 'issue' | 'merge_request' | undefined;
}

export interface DemoItem {
  id: string;
  kind: ActivityKind;
  at: number;
  person: number;
  title: string;
  text: string;
  thread: DemoThread | null;
  value: number | null;
}

const subjects = [
  'the plugin API',
  'rate limits',
  'the Helm chart',
  'single sign-on',
  'dark mode',
  'the CSV export',
  'webhooks',
  'the command line',
  'upgrading to 3.0',
  'the Python client',
  'translations',
  'accessibility',
  'the mobile layout',
  'search',
  'backups',
];
const questions = [
  'How do I configure',
  'What is the best way to test',
  'Is there a guide for',
  'Something odd happens with',
  'Who has experience with',
];
const answers = [
  'This worked for me',
  'See the guide, second section',
  'It is a known limit',
  'Try the newest release',
  'Here is a small example',
];
const changes = ['Mend', 'Speed up', 'Document', 'Simplify', 'Add tests for', 'Translate', 'Harden'];
const words = [
  'Good morning!',
  'Thanks, that helped a lot.',
  'Has anybody seen this before?',
  'The talk yesterday was great.',
  'I wrote a post about it.',
  'Welcome!',
  'This is broken again…',
];

const dayLength = 86_400_000;

/** Everything that happened at one place on one day (days after the first), oldest first. Depends on its arguments only. */
export function itemsOf(place: DemoPlace, startsAt: number, day: number): DemoItem[] {
  const placeNumber = demoPlaces.indexOf(place);
  const items: DemoItem[] = [];
  for (const person of people) {
    if (!isThere(place, startsAt, day, person)) continue;
    const many = 1 + Math.floor(chance(person.number, day, placeNumber, 1) * (person.zeal > 0.15 ? 4 : 2));
    for (let n = 0; n < many; n++) items.push(makeItem(place, startsAt, day, person, n));
  }
  return items.sort((a, b) => a.at - b.at);
}

/** Everybody has one place that is theirs, and a third of the people go to another one too. */
export function isHome(person: DemoPerson, place: DemoPlace): boolean {
  return person.number % 3 === demoPlaces.indexOf(place);
}

export function livesAt(person: DemoPerson, place: DemoPlace): boolean {
  return isHome(person, place) || chance(person.number, demoPlaces.indexOf(place), 10) < 0.35;
}

/** Whether somebody does something at a place on a day. */
function isThere(place: DemoPlace, startsAt: number, day: number, person: DemoPerson): boolean {
  if (day < person.joins || day > person.leaves || !livesAt(person, place)) return false;
  const weekend = (Math.floor(startsAt / dayLength) + day + 3) % 7 > 4;
  return chance(person.number, day, demoPlaces.indexOf(place)) <= person.zeal * (weekend ? 0.4 : 1) || day === person.joins;
}

type Seed = readonly [person: number, day: number, place: number, n: number];

function makeItem(place: DemoPlace, startsAt: number, day: number, person: DemoPerson, n: number): DemoItem {
  const seed: Seed = [person.number, day, demoPlaces.indexOf(place), n];
  const subject = pick(subjects, chance(...seed, 3));
  const turn = chance(...seed, 4);
  if (place === 'chat')
    return itemOf(place, startsAt, seed, 'message', pick(words, turn), `${pick(words, chance(...seed, 6))} (${subject})`, null);
  const opening = makeOpening(place, startsAt, seed);
  if (opening !== undefined) return opening;
  const follow = (kind: ActivityKind, title: (thread: string) => string, text: string, to: readonly ActivityKind[]): DemoItem => {
    const thread = findOpening(place, startsAt, seed, to);
    // Nobody asked lately: some other small thing.
    if (thread === undefined)
      return place === 'code'
        ? itemOf(place, startsAt, seed, 'star', subject, '', null)
        : itemOf(place, startsAt, seed, 'post', `News about ${subject}`, `What changed in ${subject}.`, null);
    return itemOf(place, startsAt, seed, kind, title(thread.title), text, thread);
  };
  const again = (title: string): string => `Re: ${title}`;
  const answer = pick(answers, chance(...seed, 6));
  if (place === 'forum')
    return turn < 0.75
      ? follow(turn < 0.6 ? 'reply' : 'answer', again, answer, ['question', 'post'])
      : follow('reaction', (title) => `Liked: ${title}`, '', ['question', 'post']);
  const lines = 1 + Math.floor(chance(...seed, 7) ** 3 * 900);
  if (turn < 0.35) return itemOf(place, startsAt, seed, 'commit', changeOf(seed, subject), '', null, lines);
  if (turn < 0.62) return follow('merge_request_merged', (title) => title, '', ['merge_request_opened']);
  if (turn < 0.8) return follow('review', (title) => `Review: ${title}`, pick(answers, chance(...seed, 8)), ['merge_request_opened']);
  return follow('comment', again, pick(answers, chance(...seed, 8)), ['merge_request_opened', 'issue']);
}

function itemOf(
  place: DemoPlace,
  startsAt: number,
  seed: Seed,
  kind: ActivityKind,
  title: string,
  text: string,
  thread: DemoThread | null,
  value: number | null = null,
): DemoItem {
  const [person, day, , n] = seed;
  const at = startsAt + day * dayLength + Math.floor((0.3 + 0.55 * chance(...seed, 2)) * dayLength);
  return { id: `${place}-${day}-${person}-${n}`, kind, at, person, title, text, thread, value };
}

function changeOf(seed: Seed, subject: string): string {
  return `${pick(changes, chance(...seed, 6))} ${subject}`;
}

/** A question, a post, an issue or a merge request; undefined where it was something else. */
function makeOpening(place: DemoPlace, startsAt: number, seed: Seed): DemoItem | undefined {
  const [person, day, , n] = seed;
  const subject = pick(subjects, chance(...seed, 3));
  const turn = chance(...seed, 4);
  const own = (title: string, kind: DemoThread['kind']): DemoThread => ({ id: `${place}-${day}-${person}-${n}`, title, opens: true, kind });
  if (place === 'forum') {
    const question = `${pick(questions, chance(...seed, 6))} ${subject}?`;
    if (turn < 0.2)
      return itemOf(place, startsAt, seed, 'question', question, `I tried ${subject} and need a hint.`, own(question, 'question'));
    const news = `News about ${subject}`;
    return turn < 0.3 ? itemOf(place, startsAt, seed, 'post', news, `What changed in ${subject}.`, own(news, 'topic')) : undefined;
  }
  const change = changeOf(seed, subject);
  if (turn >= 0.35 && turn < 0.5) {
    const lines = 1 + Math.floor(chance(...seed, 7) ** 3 * 900);
    return itemOf(place, startsAt, seed, 'merge_request_opened', change, `${change}, with tests.`, own(change, 'merge_request'), lines);
  }
  const trouble = `${subject}: unexpected result`;
  return turn >= 0.92
    ? itemOf(place, startsAt, seed, 'issue', trouble, `Steps to see it with ${subject}.`, own(trouble, 'issue'))
    : undefined;
}

/** What somebody answers to: something that another person began on the days before, mostly on the same one. */
function findOpening(place: DemoPlace, startsAt: number, seed: Seed, kinds: readonly ActivityKind[]): DemoThread | undefined {
  const [number, day, placeNumber] = seed;
  const now = itemOf(place, startsAt, seed, 'reply', '', '', null).at;
  for (let turn = 0; turn < 150; turn++) {
    const person = people[Math.floor(chance(...seed, 20, turn) * people.length)];
    const then = day - Math.floor(chance(...seed, 21, turn) ** 3 * 9);
    if (person === undefined || person.number === number || then < 0 || !isThere(place, startsAt, then, person)) continue;
    const opening = makeOpening(place, startsAt, [person.number, then, placeNumber, 0]);
    if (opening?.thread != null && kinds.includes(opening.kind) && opening.at < now) return { ...opening.thread, opens: false };
  }
  return undefined;
}
