import type { EngagementRules } from '../members/index.ts';
import type { Day } from './calendar.ts';
import { membersSize } from './census.ts';
import type { Census } from './census.ts';
import { peopleFor, readPeople } from './sheets.ts';

/**
 * An activity of a day is worth 2 to the power of −age ÷ half-life of what it was worth on the day itself. Counted in whole
 * 2⁻²⁰, so that sums do not depend on the order of adding: the profile's arithmetic and the list say the same, always.
 */
const whole = 2 ** 20;

/** What is left of one activity, in 2⁻²⁰. A day to come counts as today. 0 from some twenty half-lives on. */
export function shareLeft(age: number, halfLifeDays: number): number {
  return Math.round(whole * 2 ** (-Math.max(0, age) / halfLifeDays));
}

/** Shares of activities as tenths of one activity: what a line of the arithmetic shows. */
export function tenthsOf(shares: number): number {
  return Math.round((shares * 10) / whole);
}

const people = peopleFor(4096);

/**
 * Member → engagement in tenths of a point: for each kind, the activities as tenths after fading, times the kind's whole
 * weight. Bots have none. One pass over all presence.
 */
export function scoreEveryone(census: Census, rules: Pick<EngagementRules, 'weights' | 'halfLifeDays'>, today: Day): Int32Array {
  const scores = new Int32Array(membersSize(census));
  const shares = new Float64Array(membersSize(census));
  const { subjectOf } = census;
  for (const [kind, weight] of rules.weights.entries()) {
    if (weight === 0) continue;
    let any = false;
    for (const series of census.shelf.series.values()) {
      if (series.kind !== kind) continue;
      for (const sheet of series.sheets) {
        const share = shareLeft(today - sheet.day, rules.halfLifeDays);
        if (share === 0) continue;
        any = true;
        readPeople(sheet, people);
        const { ids, counts, size } = people;
        for (let i = 0; i < size; i++) {
          const subject = subjectOf[ids[i] ?? 0] ?? 0;
          if ((subject & 3) === 2) continue;
          const member = subject >>> 4;
          shares[member] = (shares[member] ?? 0) + (counts[i] ?? 0) * share;
        }
      }
    }
    if (!any) continue;
    for (let member = 1; member < shares.length; member++) {
      const sum = shares[member] ?? 0;
      if (sum > 0) scores[member] = (scores[member] ?? 0) + tenthsOf(sum) * weight;
    }
    shares.fill(0);
  }
  scores[0] = 0;
  return scores;
}
