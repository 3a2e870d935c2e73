import type { Census } from '../census.ts';
import { distinctMembers, openExclusion, selectSeries } from '../counting.ts';
import type { Exclusion, Selection } from '../counting.ts';
import { membersSize } from '../census.ts';
import { addAll, emptySet, sizeOf } from '../member-set.ts';
import type { MemberSet } from '../member-set.ts';
import { chaoss } from '../report.ts';
import type { CountedReport } from '../report.ts';

export const contributorsByKind: CountedReport = {
  id: 'contributors-by-kind',
  title: 'Contributors by kind',
  question: 'How many people contribute, and by doing what?',
  definition:
    'Different people with at least one contribution of each kind in the window. Who did several kinds counts in each, and once among all contributors, so that the shares add up to more than 100 %. A commit counts once, however many files it touches. Bots are left out.',
  source: chaoss('wg-metrics-development', 'people/contributors', 'Contributors'),
  kinds: 'contributions',
  options: [],
  chart: { type: 'ranking', x: 'kind', y: ['people'] },

  run(census, ask) {
    const exclusion = openExclusion(census);
    const kinds = byKind(census, ask.selection, exclusion);
    const all = emptySet(membersSize(census));
    let activities = 0;
    for (const own of kinds.values()) {
      addAll(all, own.members);
      activities += own.activities;
    }
    const everybody = sizeOf(all);
    const rows = [...kinds]
      .map(([kind, own]) => ({ kind, people: sizeOf(own.members), activities: own.activities }))
      .sort((a, b) => b.people - a.people || a.kind - b.kind)
      .map(({ kind, people, activities: contributions }) => ({
        key: `k${kind}`,
        cells: { kind, people, share: people / everybody, contributions },
      }));
    return {
      columns: [
        { key: 'kind', title: 'Kind', type: 'kind' },
        { key: 'people', title: 'Contributors', type: 'count', counts: 'people' },
        { key: 'share', title: 'Of all contributors', type: 'share', of: 'people' },
        { key: 'contributions', title: 'Contributions', type: 'count', counts: 'activities' },
      ],
      rows,
      headline: [
        { key: 'people', title: 'Contributors', type: 'count', value: everybody, counts: 'people' },
        { key: 'contributions', title: 'Contributions', type: 'count', value: activities, counts: 'activities' },
      ],
      notes: [],
      excluded: exclusion.excluded,
    };
  },

  open(_census, ask, row) {
    if (row === '*') return ask.selection;
    const kind = /^k(\d{1,3})$/.exec(row)?.[1];
    return kind === undefined ? undefined : { ...ask.selection, kinds: [Number(kind)] };
  },
};

function byKind(census: Census, selection: Selection, exclusion: Exclusion): Map<number, { members: MemberSet; activities: number }> {
  const found = new Map<number, { members: MemberSet; activities: number }>();
  for (const kind of new Set(selectSeries(census, selection).map((series) => series.kind))) {
    const own = distinctMembers(census, { ...selection, kinds: [kind] }, exclusion);
    if (own.activities > 0) found.set(kind, own);
  }
  return found;
}
