import { isWithin, membersSize, organizationsOn } from './census.ts';
import type { Census } from './census.ts';
import { walk } from './counting.ts';
import type { Exclusion, Selection } from './counting.ts';

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
  const inside = new Float64Array(membersSize(census));
  const outside = new Float64Array(membersSize(census));
  const shares = new Map<number, { amount: number; people: Set<number> }>();
  const { belonging } = census;
  let total = 0;
  const give = (organization: number, member: number, amount: number) => {
    let share = shares.get(organization);
    if (share === undefined) shares.set(organization, (share = { amount: 0, people: new Set() }));
    share.amount += amount;
    share.people.add(member);
  };
  walk(census, selection, exclusion, ({ members, counts, size, day }) => {
    for (let i = 0; i < size; i++) {
      const member = members[i] ?? 0;
      const count = counts[i] ?? 0;
      total += count;
      const only = belonging[member] ?? 0;
      if (only >= 0) {
        const side = only > 0 && isWithin(census, member, day) ? inside : outside;
        side[member] = (side[member] ?? 0) + count;
        continue;
      }
      const all = organizationsOn(census, member, day);
      for (const organization of all) give(organization, member, count / all.length);
      if (all.length === 0) give(0, member, count);
    }
  });
  // Nearly everybody belongs to one place or to none: they are added up by member first.
  const amounts = new Map<number, { amount: number; people: number }>();
  for (const [id, { amount, people }] of shares) amounts.set(id, { amount, people: people.size });
  const add = (id: number, amount: number) => {
    if (amount === 0) return;
    const sum = amounts.get(id);
    if (sum === undefined) amounts.set(id, { amount, people: 1 });
    else {
      sum.amount += amount;
      sum.people += 1;
    }
  };
  for (let member = 0; member < inside.length; member++) {
    add(belonging[member] ?? 0, inside[member] ?? 0);
    add(0, outside[member] ?? 0);
  }
  const all = [...amounts].map(([id, { amount, people }]) => ({ id, amount, people }));
  return {
    known: all.filter(({ id }) => id !== 0).sort((a, b) => b.amount - a.amount || a.id - b.id),
    unknown: all.find(({ id }) => id === 0) ?? { id: 0, amount: 0, people: 0 },
    total,
  };
}
