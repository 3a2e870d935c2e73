import type { ActivityKind } from '../contract.ts';
import { chance, people, pick } from './people.ts';
import type { DemoPerson } from './people.ts';

export const demoPlaces = ['forum', 'code', 'chat'] as const;
export type DemoPlace = (typeof demoPlaces)[number];

export interface DemoItem {
  id: string;
  kind: ActivityKind;
  at: number;
  person: number;
  title: string;
  text: string;
  thread: { id: string; title: string; opens: boolean } | null;
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
    if (day < person.joins || day > person.leaves || !livesAt(person, place)) continue;
    const weekend = (Math.floor(startsAt / dayLength) + day + 3) % 7 > 4;
    if (chance(person.number, day, placeNumber) > person.zeal * (weekend ? 0.4 : 1) && day !== person.joins) continue;
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

function makeItem(place: DemoPlace, startsAt: number, day: number, person: DemoPerson, n: number): DemoItem {
  const seed = [person.number, day, demoPlaces.indexOf(place), n] as const;
  const at = startsAt + day * dayLength + Math.floor((0.3 + 0.55 * chance(...seed, 2)) * dayLength);
  const id = `${place}-${day}-${person.number}-${n}`;
  const subject = pick(subjects, chance(...seed, 3));
  const turn = chance(...seed, 4);
  const own = (title: string): DemoItem['thread'] => ({ id, title, opens: true });
  // Answers go to one of the busy threads of that week, so that conversations arise.
  const topic = pick(subjects, chance(day - (day % 7), Math.floor(turn * 40), 5));
  const shared: DemoItem['thread'] = { id: `${place}-week-${Math.floor(day / 7)}-${topic}`, title: `About ${topic}`, opens: false };
  const item = (kind: ActivityKind, title: string, text: string, thread: DemoItem['thread'], value: number | null = null): DemoItem => ({
    id,
    kind,
    at,
    person: person.number,
    title,
    text,
    thread,
    value,
  });
  if (place === 'chat') return item('message', pick(words, turn), `${pick(words, chance(...seed, 6))} (${subject})`, null);
  if (place === 'forum') {
    if (turn < 0.2)
      return item(
        'question',
        `${pick(questions, chance(...seed, 6))} ${subject}?`,
        `I tried ${subject} and need a hint.`,
        own(`Question about ${subject}`),
      );
    if (turn < 0.3) return item('post', `News about ${subject}`, `What changed in ${subject}.`, own(`News about ${subject}`));
    if (turn < 0.75) return item(turn < 0.6 ? 'reply' : 'answer', `Re: ${shared.title}`, pick(answers, chance(...seed, 6)), shared);
    return item('reaction', `Liked: ${shared.title}`, '', shared);
  }
  const change = `${pick(changes, chance(...seed, 6))} ${subject}`;
  const lines = 1 + Math.floor(chance(...seed, 7) ** 3 * 900);
  if (turn < 0.35) return item('commit', change, '', null, lines);
  if (turn < 0.5) return item('merge_request_opened', change, `${change}, with tests.`, own(change), lines);
  if (turn < 0.62) return item('merge_request_merged', change, '', own(change), lines);
  if (turn < 0.8) return item('review', `Review: ${shared.title}`, pick(answers, chance(...seed, 8)), shared);
  if (turn < 0.92) return item('comment', `Re: ${shared.title}`, pick(answers, chance(...seed, 8)), shared);
  return item('issue', `${subject}: unexpected result`, `Steps to see it with ${subject}.`, own(`${subject}: unexpected result`));
}
