import type { Census } from '../census.ts';
import { openExclusion } from '../counting.ts';
import { divideByOrganization } from '../organizations.ts';
import { chaoss, during, partialNote, periodColumn, periodsFor, within } from '../report.ts';
import type { CountedReport } from '../report.ts';

export const organizationalDiversity: CountedReport = {
  id: 'organizational-diversity',
  title: 'Organizational diversity',
  question: 'Does the work hang on one organization?',
  definition:
    'For each period: how many different organizations contributed, by the affiliation of each person on the day of the contribution (today’s employer does not count for the past); the share of the largest one and of ours among contributions whose organization is known; and how much is unknown. What a person with several organizations did is split evenly among them. Bots are left out.',
  source: chaoss('wg-metrics-development', 'people/organizational-diversity', 'Organizational Diversity'),
  kinds: 'contributions',
  options: ['granularity'],
  granularity: 'quarter',
  chart: { type: 'line', x: 'period', y: ['organizations'] },

  run(census, ask) {
    const exclusion = openExclusion(census);
    const periods = periodsFor(ask);
    const sums = new Map<number, number>();
    let unknown = 0;
    const rows = periods.map((period) => {
      const divided = divideByOrganization(census, within(ask.selection, period), exclusion);
      for (const { id, amount } of divided.known) sums.set(id, (sums.get(id) ?? 0) + amount);
      unknown += divided.unknown.amount;
      return { key: period.key, cells: { period: period.title, ...measure(census, divided.known, divided.unknown.amount) } };
    });
    const whole = measure(
      census,
      [...sums].map(([id, amount]) => ({ id, amount })).sort((a, b) => b.amount - a.amount || a.id - b.id),
      unknown,
    );
    return {
      columns: [
        periodColumn,
        { key: 'organizations', title: 'Organizations', type: 'count', counts: 'organizations' },
        { key: 'largest', title: 'Largest', type: 'organization' },
        { key: 'largestShare', title: 'Its share', type: 'share', of: 'contributions' },
        { key: 'oursShare', title: 'Share of ours', type: 'share', of: 'contributions' },
        { key: 'contributions', title: 'Contributions', type: 'count', counts: 'activities' },
        { key: 'unknown', title: 'Organization unknown', type: 'count', counts: 'activities' },
      ],
      rows,
      headline: [
        { key: 'organizations', title: 'Organizations', type: 'count', value: whole.organizations, counts: 'organizations' },
        { key: 'largestShare', title: 'Share of the largest', type: 'share', value: whole.largestShare },
        { key: 'unknown', title: 'Contributions without a known organization', type: 'count', value: whole.unknown, counts: 'activities' },
      ],
      notes: partialNote(periods),
      excluded: exclusion.excluded,
    };
  },

  open(census, ask, row, column) {
    const selection = during(ask, row);
    if (selection === undefined || column === 'contributions' || column === 'organizations') return selection;
    if (column === 'unknown') return { ...selection, creditedTo: 0 };
    if (column !== 'largest' && column !== 'largestShare') return undefined;
    const [largest] = divideByOrganization(census, selection).known;
    return largest === undefined ? undefined : { ...selection, creditedTo: largest.id };
  },
};

function measure(census: Census, known: readonly { id: number; amount: number }[], unknown: number) {
  const ofKnown = known.reduce((sum, { amount }) => sum + amount, 0);
  const ours = known.reduce((sum, { id, amount }) => (census.organizations.get(id)?.ours === true ? sum + amount : sum), 0);
  const [largest] = known;
  return {
    organizations: known.length,
    largest: largest?.id ?? null,
    largestShare: largest === undefined ? null : largest.amount / ofKnown,
    oursShare: ofKnown === 0 ? null : ours / ofKnown,
    contributions: ofKnown + unknown,
    unknown,
  };
}
