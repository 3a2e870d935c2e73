import { membersSize } from './census.ts';
import type { Census } from './census.ts';
import type { Exclusion, Selection } from './counting.ts';
import { add, addAll, emptySet, sizeOf } from './member-set.ts';
import type { MemberSet } from './member-set.ts';
import { walkReadings } from './readings.ts';
import type { Readings } from './readings.ts';

/** Who said something and how often, for one thing. */
export interface Voices {
  members: MemberSet;
  activities: number;
}

/** Voices by what `group` makes of a key, and by period. Undefined leaves a key out. */
export function countVoices<G>(
  census: Census,
  readings: Readings,
  selection: Selection,
  exclusion: Exclusion | undefined,
  group: (key: number, day: number) => G | undefined,
  wanted?: (key: number) => boolean,
): Map<G, Voices> {
  const found = new Map<G, Voices>();
  walkReadings(
    census,
    readings,
    selection,
    exclusion,
    ({ day, members, counts, size }, key) => {
      const about = group(key, day);
      if (about === undefined) return;
      let voices = found.get(about);
      if (voices === undefined) found.set(about, (voices = { members: emptySet(membersSize(census)), activities: 0 }));
      for (let i = 0; i < size; i++) {
        add(voices.members, members[i] ?? 0);
        voices.activities += counts[i] ?? 0;
      }
    },
    wanted,
  );
  return found;
}

export function peopleOf(voices: Voices | undefined): number {
  return voices === undefined ? 0 : sizeOf(voices.members);
}

export function activitiesOfVoices(voices: Voices | undefined): number {
  return voices?.activities ?? 0;
}

/** All of them together, each person once. */
export function together(census: Census, all: Iterable<Voices | undefined>): Voices {
  const sum: Voices = { members: emptySet(membersSize(census)), activities: 0 };
  for (const voices of all) {
    if (voices === undefined) continue;
    addAll(sum.members, voices.members);
    sum.activities += voices.activities;
  }
  return sum;
}

export function shareOf(part: number, whole: number): number | null {
  return whole === 0 ? null : part / whole;
}
