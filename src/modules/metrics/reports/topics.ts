import type { Context } from '../../../platform/context.ts';
import type { Census } from '../census.ts';
import { openExclusion } from '../counting.ts';
import { windowBefore } from '../parameters.ts';
import { activitiesOfVoices, countVoices, peopleOf, shareOf, together } from '../reading-count.ts';
import type { Voices } from '../reading-count.ts';
import { openRead } from '../reading-rows.ts';
import { openReadings } from '../readings.ts';
import { within } from '../report.ts';
import type { Ask, ReadReport } from '../report.ts';
import { readTopicNames, topicsVersion } from '../topic-names.ts';

export const topics: ReadReport = {
  id: 'topics',
  title: 'Topics',
  question: 'What do people talk about?',
  definition:
    'For each topic that the team watches: the activities whose own words have one of its keywords and none of its exclusions, and the different people who wrote them, beside the window before. What somebody quotes, and the title of a conversation that somebody else began, are not their words. A text may be about several topics, so the topics add up to more than the texts. Shares of negative and positive are of those whose sentiment is known. Bots are left out.',
  source: { title: 'Rapport' },
  kinds: 'activities',
  options: [],
  chart: { type: 'ranking', x: 'topic', y: ['activities'] },

  version: ({ database }, { selection }) => topicsVersion(database, selection.sources),

  async read(context, ask, census) {
    const names = await readTopicNames(context.db);
    const { now, before, exclusion } = await countBoth(context, ask, census);
    const of = (all: Map<number, Voices>, topic: number) => [0, 1, 2, 3].map((sentiment) => all.get(topic * 4 + sentiment));
    const rows = [...names]
      .map(([topic, name]) => {
        const voices = of(now, topic);
        const [activities, earlier] = [total(voices), total(of(before, topic))];
        const known = total(voices.slice(1));
        return {
          key: `t${topic}`,
          cells: {
            topic: name,
            people: peopleOf(together(census, voices)),
            activities,
            before: earlier,
            change: shareOf(activities - earlier, earlier),
            negative: shareOf(activitiesOfVoices(voices[1]), known),
            positive: shareOf(activitiesOfVoices(voices[3]), known),
          },
        };
      })
      .toSorted((a, b) => b.cells.activities - a.cells.activities || a.cells.topic.localeCompare(b.cells.topic));
    const all = together(census, names.size === 0 ? [] : [...now].filter(([key]) => names.has(key >> 2)).map(([, voices]) => voices));
    return {
      columns: [
        { key: 'topic', title: 'Topic', type: 'text' },
        { key: 'people', title: 'People', type: 'count', counts: 'people' },
        { key: 'activities', title: 'Activities', type: 'count', counts: 'activities' },
        { key: 'before', title: 'Window before', type: 'count', counts: 'activities' },
        { key: 'change', title: 'Change', type: 'share' },
        { key: 'negative', title: 'Negative', type: 'share' },
        { key: 'positive', title: 'Positive', type: 'share' },
      ],
      rows,
      headline: [{ key: 'people', title: 'People on any topic', type: 'count', value: peopleOf(all), counts: 'people' }],
      notes: names.size === 0 ? ['No topic is watched yet. Define some on the page Topics.'] : [],
      excluded: exclusion.excluded,
    };
  },

  async openActivities(context, ask, census, row, column) {
    const names = await readTopicNames(context.db);
    const earlier = column === 'before' ? within(ask.selection, windowBefore(ask.selection.from, ask.selection.to)) : ask.selection;
    if (row === '*') return openRead(context, ask, census, earlier, { topics: [...names.keys()] });
    const topic = Number(/^t(\d{1,9})$/.exec(row)?.[1]);
    return names.has(topic) ? openRead(context, ask, census, earlier, { topics: [topic] }) : undefined;
  },
};

async function countBoth(context: Context, ask: Ask, census: Census) {
  const { selection } = ask;
  const previous = windowBefore(selection.from, selection.to);
  const readings = await openReadings(context.database, 'topic', { ...selection, from: previous.from });
  const exclusion = openExclusion(census);
  return {
    exclusion,
    now: countVoices(census, readings, selection, exclusion, (key) => key),
    before: countVoices(census, readings, within(selection, previous), undefined, (key) => key),
  };
}

function total(voices: readonly (Voices | undefined)[]): number {
  return voices.reduce((sum, one) => sum + activitiesOfVoices(one), 0);
}
