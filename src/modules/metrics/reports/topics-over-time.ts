import { openExclusion } from '../counting.ts';
import { activitiesOfVoices, countVoices, peopleOf, together } from '../reading-count.ts';
import { openRead } from '../reading-rows.ts';
import { openReadings } from '../readings.ts';
import { during, partialNote, periodColumn, periodIndex, periodsFor } from '../report.ts';
import type { Column, ReadReport } from '../report.ts';
import { readTopicNames, topicsVersion } from '../topic-names.ts';

/** As many as colours can be told apart. */
const mostShown = 8;

export const topicsOverTime: ReadReport = {
  id: 'topics-over-time',
  title: 'Topics over time',
  question: 'Which topics come up, and which go?',
  definition: `Activities in each period whose own words are about a topic (see Topics). The ${mostShown} topics with the most in the window have a column each. A text about two topics counts for both. Bots are left out.`,
  source: { title: 'Rapport' },
  kinds: 'activities',
  options: ['granularity'],
  granularity: 'month',
  chart: { type: 'line', x: 'period' },

  version: ({ database }, { selection }) => topicsVersion(database, selection.sources),

  async read(context, ask, census) {
    const names = await readTopicNames(context.db);
    const periods = periodsFor(ask);
    const indexOf = periodIndex(ask.selection, periods);
    const readings = await openReadings(context.database, 'topic', ask.selection);
    const exclusion = openExclusion(census);
    const voices = countVoices(census, readings, ask.selection, exclusion, (key, day) =>
      names.has(key >> 2) ? (key >> 2) * periods.length + (indexOf[day - ask.selection.from] ?? 0) : undefined,
    );
    const at = (topic: number, p: number) => activitiesOfVoices(voices.get(topic * periods.length + p));
    const totals = [...names.keys()].map((topic) => ({ topic, total: periods.reduce((sum, _, p) => sum + at(topic, p), 0) }));
    const shown = totals
      .filter(({ total }) => total > 0)
      .toSorted((a, b) => b.total - a.total || a.topic - b.topic)
      .slice(0, mostShown);
    return {
      columns: [
        periodColumn,
        ...shown.map(({ topic }): Column => ({
          key: `t${topic}`,
          title: names.get(topic) ?? 'Removed',
          type: 'count',
          counts: 'activities',
        })),
      ],
      rows: periods.map((period, p) => ({
        key: period.key,
        cells: { period: period.title, ...Object.fromEntries(shown.map(({ topic }) => [`t${topic}`, at(topic, p)])) },
      })),
      headline: [
        {
          key: 'people',
          title: 'People on any topic',
          type: 'count',
          value: peopleOf(together(census, voices.values())),
          counts: 'people',
        },
        ...shown.slice(0, 3).map(({ topic, total }) => ({
          key: `t${topic}`,
          title: names.get(topic) ?? 'Removed',
          type: 'count' as const,
          value: total,
          counts: 'activities' as const,
        })),
      ],
      notes: [
        ...partialNote(periods),
        ...(names.size === 0 ? ['No topic is watched yet. Define some on the page Topics.'] : []),
        ...(totals.filter(({ total }) => total > 0).length > mostShown ? [`The first ${mostShown} of ${names.size} topics.`] : []),
      ],
      excluded: exclusion.excluded,
    };
  },

  async openActivities(context, ask, census, row, column) {
    const selection = during(ask, row);
    if (selection === undefined) return undefined;
    if (column === 'people') return openRead(context, ask, census, selection, { topics: [...(await readTopicNames(context.db)).keys()] });
    const topic = /^t(\d{1,9})$/.exec(column)?.[1];
    return topic === undefined ? undefined : openRead(context, ask, census, selection, { topics: [Number(topic)] });
  },
};
