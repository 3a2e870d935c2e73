import { sql } from 'kysely';
import type { Context } from '../../platform/context.ts';
import type { Db } from '../../platform/db.ts';
import { compileTopics } from './keywords.ts';
import { ownWords, prose, writtenKindNumbers } from './own-words.ts';

const mostTexts = 6000;
const recentDays = 90;
const dayLength = 86_400_000;
/** So many different people must have said it: one person's habit is no topic. */
const fewestPeople = 3;
/** Of so few texts from before nothing can be told. */
const fewestBefore = 10;

export interface SuggestedWords {
  read: number;
  words: { word: string; texts: number; people: number; before: number }[];
}

interface Count {
  texts: number;
  people: Set<number>;
}

/**
 * Words and pairs of words that stand out in the last 90 days against the time before, by log-likelihood of how many texts say
 * them (Dunning, Accurate Methods for the Statistics of Surprise and Coincidence, 1993), from samples of both.
 */
export async function suggestWords(context: Context, limit: number): Promise<SuggestedWords> {
  const since = new Date(context.clock.now().getTime() - recentDays * dayLength);
  const recent = await sample(context.db, since, context.clock.now());
  const former = await sample(context.db, new Date(since.getTime() - 365 * dayLength), since);
  const now = countWords(recent);
  const before = countWords(former);
  const known = await knownTopics(context.db);
  const found = [...now]
    .filter(([word, { people }]) => people.size >= fewestPeople && !known(word))
    .map(([word, { texts, people }]) => {
      const earlier = before.get(word)?.texts ?? 0;
      return { word, texts, people: people.size, earlier, weight: surprise(texts, recent.length, earlier, former.length) };
    })
    .filter(({ weight }) => weight > 3.84)
    .toSorted((a, b) => b.weight - a.weight || b.people - a.people || (a.word < b.word ? -1 : 1));
  return {
    read: recent.length,
    words: withoutParts(found)
      .slice(0, limit)
      .map(({ word, texts, people, earlier }) => ({
        word,
        texts,
        people,
        before: earlier === 0 ? 0 : Math.round((texts / recent.length / (earlier / Math.max(1, former.length))) * 10) / 10,
      })),
  };
}

/** Up to so many texts, spread evenly over the time: one recent flood must not hide the rest. */
async function sample(db: Db, from: Date, to: Date): Promise<{ text: string; member: number }[]> {
  const { rows } = await sql<{ kind: number; title: string | null; body: string | null; member_id: number }>`
    with span as (select ${from}::timestamptz as begins, ${to}::timestamptz as ends),
    slice as (select begins + (ends - begins) * n / 30 as begins, begins + (ends - begins) * (n + 1) / 30 as ends from span, generate_series(0, 29) n)
    select a.kind, a.title, left(a.body, 2000) as body, i.member_id
    from slice cross join lateral (
      select a.kind, a.title, a.body, a.identity_id from activity a
      where a.at >= slice.begins and a.at < slice.ends and a.kind = any (${[...writtenKindNumbers]}::smallint[])
      order by a.at desc, a.id desc limit ${mostTexts / 30}) a
    join identity i on i.id = a.identity_id join member m on m.id = i.member_id where m.bot <> 'bot'`.execute(db);
  return rows.flatMap(({ member_id: member, ...text }) => {
    const own = ownWords(text);
    return own === undefined ? [] : [{ text: prose(own), member }];
  });
}

const cutter = new Intl.Segmenter(undefined, { granularity: 'word' });

function countWords(texts: readonly { text: string; member: number }[]): Map<string, Count> {
  const counts = new Map<string, Count>();
  for (const { text, member } of texts) {
    for (const word of wordsIn(text)) {
      const count = counts.get(word) ?? { texts: 0, people: new Set<number>() };
      counts.set(word, count);
      count.texts += 1;
      count.people.add(member);
    }
  }
  return counts;
}

/** The different words and pairs of neighbours, without those that carry no meaning by themselves. Any script. */
function wordsIn(text: string): Set<string> {
  const found = new Set<string>();
  let previous: string | undefined;
  for (const { segment, isWordLike } of cutter.segment(text.normalize('NFC').toLowerCase())) {
    if (isWordLike !== true) {
      if (segment.trim() !== '' && segment !== '-') previous = undefined;
      continue;
    }
    const word = segment.replace(/[’']s$/, '');
    const useful =
      word.length >= (/^[\p{Script=Latin}\p{Script=Cyrillic}\p{Script=Greek}]+$/u.test(word) ? 3 : 2) &&
      !/\p{N}/u.test(word) &&
      !common.has(word);
    if (useful) {
      found.add(word);
      if (previous !== undefined) found.add(`${previous} ${word}`);
    }
    previous = useful ? word : undefined;
  }
  return found;
}

/** A pair says more than its parts when it is nearly as frequent. */
function withoutParts<T extends { word: string; texts: number }>(found: readonly T[]): T[] {
  const pairs = found.filter(({ word }) => word.includes(' '));
  return found.filter(
    ({ word, texts }) => word.includes(' ') || !pairs.some((pair) => pair.word.split(' ').includes(word) && pair.texts * 1.6 >= texts),
  );
}

/** What a topic is already watched for. */
async function knownTopics(db: Db): Promise<(word: string) => boolean> {
  const rows = await db.selectFrom('topic').select(['id', 'keywords']).where('removed_at', 'is', null).execute();
  const matcher = compileTopics(rows.map((row) => ({ ...row, exclusions: [], sources: null, kinds: null })));
  return (word) => matcher.topicsOf(word, 0, 0).length > 0;
}

/** Dunning's G², signed: only what became more frequent counts. */
function surprise(a: number, of: number, b: number, ofBefore: number): number {
  // A young community has no time before: then what most texts say stands out.
  if (ofBefore < fewestBefore) return a;
  const rate = (a + b) / (of + ofBefore);
  if (a / of <= b / ofBefore) return 0;
  const part = (n: number, expected: number): number => (n === 0 ? 0 : n * Math.log(n / expected));
  return 2 * (part(a, of * rate) + part(b, ofBefore * rate));
}

/** The most common words of the most common languages here, which are no topics, however often they are said. */
const common = new Set(
  `the and for that this with you are was not but have from can has will when all any our its it's your they them there their what which who how why
  just like get got use used using would could should also into out than then some one two more most other only very been being does did doing don't
  doesn't can't i'm i've isn't didn't won't let know think make made need want see try tried way still here after before over about because were may
  might must each same such those these where while without within between both own per via too now new old add added adds adding fix fixed fixes
  remove removed update updated updates change changed changes set sets work works working please thanks thank issue error problem question answer
  hello hi hey sure yes okay well good great much many lot really maybe seems however since until again first last next back even else instead something
  und der die das ist nicht ein eine mit auf für von den dem sich ich wir sie aber auch oder wie wenn man kann noch nur bei nach aus zum zur wird
  les des une est pas pour que qui dans sur avec plus par vous nous cette sont mais comme tout ont
  que los las una por con para del como más pero sus este esta son está hay muy
  não uma com para por mais como mas dos das isso tem
  che per non una sono con del della come più
  как что это для или его все так если при есть был мне вас нас чтобы`.split(/\s+/),
);
