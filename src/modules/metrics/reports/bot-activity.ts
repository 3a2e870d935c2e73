import type { Census } from '../census.ts';
import { openExclusion, walkFolded } from '../counting.ts';
import type { Exclusion, Selection } from '../counting.ts';
import { chaoss, during, partialNote, periodColumn, periodsFor, within } from '../report.ts';
import type { CountedReport } from '../report.ts';
import { walkTotals } from '../totals.ts';

export const botActivity: CountedReport = {
  id: 'bot-activity',
  title: 'Bot activity',
  question: 'How much of what happens is done by bots?',
  definition:
    'Activities of bots divided by all activities, in each period. The one report in which bots are not left out; the choice of people (the wider community, team members) is one of the others. Whoever is only suspected of being a bot counts as a person until somebody decides.',
  source: chaoss('wg-metrics-development', 'people/bot-activity', 'Bot Activity'),
  kinds: 'activities',
  options: ['granularity'],
  granularity: 'month',
  chart: { type: 'line', x: 'period', y: ['share'] },

  run(census, ask) {
    const exclusion = openExclusion(census);
    const periods = periodsFor(ask);
    const bots = new Set<number>();
    let botActivities = 0;
    let activities = 0;
    const rows = periods.map((period) => {
      const found = measure(census, within(ask.selection, period), exclusion);
      for (const bot of found.bots) bots.add(bot);
      botActivities += found.botActivities;
      activities += found.activities;
      return {
        key: period.key,
        cells: {
          period: period.title,
          bots: found.bots.size,
          botActivities: found.botActivities,
          activities: found.activities,
          share: share(found.botActivities, found.activities),
        },
      };
    });
    return {
      columns: [
        periodColumn,
        { key: 'bots', title: 'Bots', type: 'count', counts: 'people' },
        { key: 'botActivities', title: 'Activities of bots', type: 'count', counts: 'activities' },
        {
          key: 'activities',
          title: 'All activities',
          type: 'count',
          ...(ask.selection.population === 'everyone' ? { counts: 'activities' } : {}),
        },
        { key: 'share', title: 'Share of bots', type: 'share', of: 'activities' },
      ],
      rows,
      headline: [
        { key: 'share', title: 'Share of bots', type: 'share', value: share(botActivities, activities) },
        { key: 'botActivities', title: 'Activities of bots', type: 'count', value: botActivities, counts: 'activities' },
        { key: 'bots', title: 'Bots', type: 'count', value: bots.size, counts: 'people' },
      ],
      notes: partialNote(periods),
      excluded: { ...exclusion.excluded, bots: { people: 0, activities: 0 }, botsAreIn: true },
    };
  },

  open(_census, ask, row, column) {
    const selection = during(ask, row);
    if (selection === undefined) return undefined;
    if (column !== 'activities') return { ...selection, population: 'bots' };
    // "Anyone" asks nothing of the date: of the others only some may be meant.
    return selection.population === 'everyone' ? { ...selection, population: 'anyone' } : undefined;
  },
};

/** Bots by themselves, and those people that are asked for. */
function measure(
  census: Census,
  selection: Selection,
  exclusion: Exclusion,
): { bots: Set<number>; botActivities: number; activities: number } {
  const found = { bots: new Set<number>(), botActivities: 0, activities: 0 };
  walkFolded(census, { ...selection, population: 'bots' }, undefined, ({ members, counts, size }) => {
    for (let i = 0; i < size; i++) {
      found.botActivities += counts[i] ?? 0;
      found.bots.add(members[i] ?? 0);
    }
  });
  walkTotals(census, selection, exclusion, (_series, _day, activities) => {
    found.activities += activities;
  });
  found.activities += found.botActivities;
  return found;
}

function share(part: number, whole: number): number | null {
  return whole === 0 ? null : part / whole;
}
