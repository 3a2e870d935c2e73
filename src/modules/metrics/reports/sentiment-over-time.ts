import { openExclusion } from '../counting.ts';
import { activitiesOfVoices, countVoices, shareOf } from '../reading-count.ts';
import { openRead } from '../reading-rows.ts';
import { openReadings, readingsVersion } from '../readings.ts';
import { during, partialNote, periodColumn, periodIndex, periodsFor } from '../report.ts';
import type { Column, ReadReport } from '../report.ts';

const tones = ['unknown', 'negative', 'neutral', 'positive'] as const;
const titles = { unknown: 'Unknown', negative: 'Negative', neutral: 'Neutral', positive: 'Positive' };
/** As they are drawn: what is known first, each in the colour that it has elsewhere. */
const order = ['neutral', 'negative', 'positive', 'unknown'] as const;

export const sentimentOverTime: ReadReport = {
  id: 'sentiment-over-time',
  title: 'Sentiment over time',
  question: 'In which tone do people write?',
  definition:
    'Activities in which somebody wrote words of their own, by tone: words and emoji that carry a feeling are added up, a negation before them turns them round; little feeling, or as much good as bad, is neutral. It is a rough measure of many texts, not a judgement of one. Texts in languages that are not scored, or that are too short to tell, are unknown, and shown as such; what a person corrected counts as corrected. The balance is positive minus negative, divided by all that is known. One topic can be looked at alone. Bots are left out.',
  source: { title: 'Rapport' },
  kinds: 'activities',
  options: ['granularity', 'topic'],
  granularity: 'month',
  chart: { type: 'stacked', x: 'period', y: [...order] },

  version: ({ database }, { selection }) => readingsVersion(database, selection.sources),

  async read(context, ask, census) {
    const { selection, topic } = ask;
    const periods = periodsFor(ask);
    const indexOf = periodIndex(selection, periods);
    const readings = await openReadings(context.database, topic === undefined ? 'sentiment' : 'topic', selection);
    const exclusion = openExclusion(census);
    const voices = countVoices(
      census,
      readings,
      selection,
      exclusion,
      (key, day) => (indexOf[day - selection.from] ?? 0) * 4 + (key & 3),
      topic === undefined ? undefined : (key) => key >> 2 === topic,
    );
    const counted = (p: number) => Object.fromEntries(tones.map((tone, t) => [tone, activitiesOfVoices(voices.get(p * 4 + t))]));
    const rows = periods.map((period, p) => {
      const cells: Record<string, number> = counted(p);
      return { key: period.key, counts: cells, cells: { period: period.title, ...cells, balance: balanceOf(cells) } };
    });
    const sums = Object.fromEntries(order.map((tone) => [tone, rows.reduce((sum, { counts }) => sum + (counts[tone] ?? 0), 0)]));
    return {
      columns: [
        periodColumn,
        ...order.map((tone): Column => ({ key: tone, title: titles[tone], type: 'count', counts: 'activities' })),
        { key: 'balance', title: 'Balance', type: 'share' },
      ],
      rows: rows.map(({ key, cells }) => ({ key, cells })),
      headline: [
        { key: 'balance', title: 'Balance', type: 'share', value: balanceOf(sums) },
        ...(['negative', 'positive', 'unknown'] as const).map((tone) => ({
          key: tone,
          title: titles[tone],
          type: 'count' as const,
          value: sums[tone] ?? 0,
          counts: 'activities' as const,
        })),
      ],
      notes: partialNote(periods),
      excluded: exclusion.excluded,
    };
  },

  openActivities(context, ask, census, row, column) {
    const selection = during(ask, row);
    const sentiment = tones.findIndex((tone) => tone === column);
    if (selection === undefined || sentiment < 0) return Promise.resolve(undefined);
    return Promise.resolve(
      openRead(context, ask, census, selection, { sentiment, ...(ask.topic === undefined ? {} : { topics: [ask.topic] }) }),
    );
  },
};

function balanceOf(sums: Record<string, number>): number | null {
  const [negative, neutral, positive] = [sums['negative'] ?? 0, sums['neutral'] ?? 0, sums['positive'] ?? 0];
  return shareOf(positive - negative, negative + neutral + positive);
}
