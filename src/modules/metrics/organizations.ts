import { isWithin, membersSize, organizationsOn } from './census.ts';
import type { Census } from './census.ts';
import { walkFolded } from './counting.ts';
import type { Exclusion, Selection } from './counting.ts';
import { add, eachOf, emptySet, has, sizeOf } from './member-set.ts';

/** What the people of one organization did. 0 stands for those who belonged nowhere. */
export interface OrganizationShare {
  id: number;
  /** Activities; those of a person with several organizations on that day are split evenly. */
  amount: number;
  people: number;
}

export interface Divided {
  /** Largest first; without the unknown. */
  known: OrganizationShare[];
  unknown: OrganizationShare;
  total: number;
}

/** Divides activities among organizations, by where each person belonged on the day of the activity, not today. */
export function divideByOrganization(census: Census, selection: Selection, exclusion?: Exclusion): Divided {
  const { belonging, affiliated } = census;
  const nowhere = emptySet(membersSize(census));
  const unknown = { id: 0, amount: 0, people: 0 };
  // What members with one affiliation did within it: they are added up by member first, and then by organization.
  const within = new Int32Array(membersSize(census));
  const split = new Map<number, { amount: number; people: Set<number> }>();
  let total = 0;
  walkFolded(census, selection, exclusion, ({ members, counts, size, day }) => {
    for (let i = 0; i < size; i++) {
      const member = members[i] ?? 0;
      const count = counts[i] ?? 0;
      total += count;
      if (has(affiliated, member)) {
        if ((belonging[member] ?? 0) > 0) {
          if (isWithin(census, member, day)) {
            within[member] = (within[member] ?? 0) + count;
            continue;
          }
        } else {
          const all = organizationsOn(census, member, day);
          for (const id of all) {
            const share = split.get(id) ?? { amount: 0, people: new Set() };
            split.set(id, share);
            share.amount += count / all.length;
            share.people.add(member);
          }
          if (all.length > 0) continue;
        }
      }
      add(nowhere, member);
      unknown.amount += count;
    }
  });
  unknown.people = sizeOf(nowhere);
  const known = new Map<number, OrganizationShare>();
  for (const [id, { amount, people }] of split) known.set(id, { id, amount, people: people.size });
  eachOf(affiliated, (member) => {
    const amount = within[member] ?? 0;
    if (amount === 0) return;
    const id = belonging[member] ?? 0;
    const share = known.get(id) ?? { id, amount: 0, people: 0 };
    known.set(id, share);
    share.amount += amount;
    share.people += 1;
  });
  return { known: [...known.values()].sort((a, b) => b.amount - a.amount || a.id - b.id), unknown, total };
}
