import type { Census } from '../census.ts';
import { openExclusion, tally } from '../counting.ts';
import type { Selection } from '../counting.ts';
import { chaoss, during, partialNote, periodColumn, periodsFor, within } from '../report.ts';
import type { Report } from '../report.ts';

export const botActivity: Report = {
  id: 'bot-activity',
  title: 'Bot activity',
  question: 'How much of what happens is done by bots?',
  definition:
    'Activities of bots divided by all activities, in each period. The one report in which bots are not left out. Whoever is only suspected of being a bot counts as a person until somebody decides.',
  source: chaoss('wg-metrics-development', 'people/bot-activity', 'Bot Activity'),
  kinds: 'activities',
  options: ['granularity'],
  granularity: 'month',
  chart: { type: 'line', x: 'period', y: ['share'] },

  run(census, ask) {
    const exclusion = openExclusion(census);
    const periods = periodsFor(ask);
    const rows = periods.map((period) => ({ key: period.key, cells: { period: period.title, ...measure(census, within(ask.selection, period)) } }));
    tally(census, { ...ask.selection, population: 'bots' }, exclusion);
    const whole = measure(census, ask.selection);
    return {
      columns: [
        periodColumn,
        { key: 'bots', title: 'Bots', type: 'count', counts: 'people' },
        { key: 'botActivities', title: 'Activities of bots', type: 'count', counts: 'activities' },
        { key: 'activities', title: 'All activities', type: 'count', counts: 'activities' },
        { key: 'share', title: 'Share of bots', type: 'share', of: 'activities' },
      ],
      rows,
      headline: [
        { key: 'share', title: 'Share of bots', type: 'share', value: whole.share },
        { key: 'botActivities', title: 'Activities of bots', type: 'count', value: whole.botActivities, counts: 'activities' },
        { key: 'bots', title: 'Bots', type: 'count', value: whole.bots, counts: 'people' },
      ],
      notes: partialNote(periods),
      excluded: exclusion.excluded,
    };
  },

  open(_census, ask, row, column) {
    const selection = during(ask, row);
    return selection === undefined ? undefined : { ...selection, population: column === 'activities' ? 'anyone' : 'bots' };
  },
};

function measure(census: Census, selection: Selection) {
  const bots = tally(census, { ...selection, population: 'bots' });
  const all = tally(census, { ...selection, population: 'anyone' });
  return { bots: bots.people, botActivities: bots.activities, activities: all.activities, share: all.activities === 0 ? null : bots.activities / all.activities };
}
