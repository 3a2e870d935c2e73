import type { Database } from '../../platform/db.ts';
import type { DidQuestion, MemberBits } from '../members/index.ts';
import { readDay } from './calendar.ts';
import { membersSize } from './census.ts';
import type { Census } from './census.ts';
import { activeKinds, contributionKinds, kindNumbers } from './contribution-kinds.ts';
import { dawn, distinctMembers, firstDays, never, tally } from './counting.ts';
import { censusVersion, openCensus } from './load.ts';
import { add, emptySet } from './member-set.ts';
import type { MemberSet } from './member-set.ts';

const kept = new WeakMap<Database, { version: number; answers: Map<string, MemberBits> }>();
const mostKept = 64;

/** Who did what, in what days, how often: one bit each, counted from presence. Remembered until something is committed. */
export async function whoDid(database: Database, question: DidQuestion): Promise<MemberBits> {
  const key = JSON.stringify(question);
  const known = keptAnswers(database, await censusVersion(database)).get(key);
  if (known !== undefined) return known;
  const census = await openCensus(database);
  const answers = keptAnswers(database, census.version);
  const answer = bytesOf(count(census, question));
  if (answers.size >= mostKept) answers.clear();
  answers.set(key, answer);
  return answer;
}

function keptAnswers(database: Database, version: number): Map<string, MemberBits> {
  let mine = kept.get(database);
  if (mine?.version !== version) kept.set(database, (mine = { version, answers: new Map() }));
  return mine.answers;
}

function count(census: Census, { kinds: asked, sources, from, to, times, first }: DidQuestion): MemberSet {
  const kinds = kindNumbers(asked === 'any' ? activeKinds : asked === 'contributions' ? contributionKinds : asked);
  const window = { from: from === undefined ? dawn : readDay(from), to: to === undefined ? never - 1 : readDay(to) };
  const found = emptySet(membersSize(census));
  if (first) {
    const days = firstDays(census, { sources, kinds });
    for (let id = 1; id < days.length; id++) {
      const day = days[id] ?? never;
      if (window.from <= day && day <= window.to) add(found, id);
    }
    return found;
  }
  const selection = { ...window, sources, kinds, population: 'anyone' as const };
  if (times === 1) return distinctMembers(census, selection).members;
  const { counts } = tally(census, selection);
  for (let id = 1; id < counts.length; id++) if ((counts[id] ?? 0) >= times) add(found, id);
  return found;
}

/** The same bits, byte by byte, on a machine of either byte order. */
function bytesOf(set: MemberSet): MemberBits {
  const bytes = new Uint8Array(set.length * 4);
  const view = new DataView(bytes.buffer);
  set.forEach((word, place) => view.setUint32(place * 4, word, true));
  return bytes;
}
