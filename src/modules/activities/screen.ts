import type { Derived, Identity, ThreadDraft } from '../../connectors/contract.ts';
import type { OpenTransaction } from '../../platform/db.ts';
import type { Suppression } from '../members/index.ts';
import type { Screened } from '../sources/index.ts';

/**
 * What may be taken of what records say: nothing of people on the suppression list, neither what they did nor that somebody
 * else names them, and nothing older than the source keeps. A record that is solely about suppressed people is undefined.
 */
export async function screenRecords(
  tx: OpenTransaction,
  suppression: Suppression,
  records: readonly Derived[],
  oldest: number | undefined,
): Promise<(Screened | undefined)[]> {
  const people = records.map(peopleOf);
  const found = await suppression.look(tx, people.flat());
  let place = 0;
  return records.map((derived, i) => {
    const own = people[i]?.length ?? 0;
    const hits = found.slice(place, place + own);
    place += own;
    const isTooOld = (at: number): boolean => oldest !== undefined && at < oldest;
    const someOld = oldest !== undefined && derived.activities.some(({ at }) => isTooOld(at));
    if (!someOld && hits.every((hit) => hit === undefined)) return { derived };
    if (own > 0 && hits.every((hit) => hit !== undefined)) return undefined;
    return without(derived, hits, isTooOld);
  });
}

/** Everybody whom a record speaks of: in this order, as `without` counts on it. */
function peopleOf(derived: Derived): Identity[] {
  return [
    ...derived.activities.map(({ person }) => person),
    ...(derived.people ?? []),
    ...(derived.links ?? []).flatMap(({ a, b }) => [a, b]),
    ...(derived.affiliations ?? []).map(({ person }) => person),
  ];
}

function without(derived: Derived, hits: readonly (number | undefined)[], isTooOld: (at: number) => boolean): Screened {
  const next = hits[Symbol.iterator]();
  const isKept = (): boolean => next.next().value === undefined;
  const leftOut = new Set<number>();
  for (const [place, { at }] of derived.activities.entries()) if (!isKept() || isTooOld(at)) leftOut.add(place);
  const people = derived.people?.filter(isKept);
  // Both ends are asked for, always: they stand one after the other.
  const links = derived.links?.filter(() => [isKept(), isKept()].every(Boolean));
  const affiliations = derived.affiliations?.filter(isKept);
  const erasures = [...new Set(hits.filter((hit) => hit !== undefined && hit > 0))] as number[];
  const isOver = derived.activities.length > 0 && derived.activities.every(({ at }) => isTooOld(at));
  // What somebody called a thread that they opened goes with them.
  const muted = new Set<string>();
  for (const [place, { thread }] of derived.activities.entries())
    if (thread?.opens === true && leftOut.has(place)) muted.add(thread.externalId);
  return {
    derived: {
      ...derived,
      activities: derived.activities.map((draft) => (draft.thread === undefined ? draft : { ...draft, thread: mute(draft.thread, muted) })),
      ...(derived.threads === undefined ? {} : { threads: isOver ? [] : derived.threads.map((thread) => mute(thread, muted)) }),
      ...(people === undefined ? {} : { people }),
      ...(links === undefined ? {} : { links }),
      ...(affiliations === undefined ? {} : { affiliations }),
    },
    leftOut,
    // As long as somebody may be brought back, the raw item is kept for it: purging takes it away.
    withoutRaw: isOver || hits.some((hit) => hit === 0),
    erasures,
  };
}

function mute(thread: ThreadDraft, muted: ReadonlySet<string>): ThreadDraft {
  if (!muted.has(thread.externalId)) return thread;
  const { title: _, ...rest } = thread;
  return rest;
}
