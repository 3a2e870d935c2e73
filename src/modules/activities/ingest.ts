import type { ActivityDraft, Person } from '../../connectors/contract.ts';
import type { Program } from '../../platform/context.ts';
import type { OpenTransaction } from '../../platform/db.ts';
import { readWorkspace } from '../access/index.ts';
import { createResolver, createSuppression, importAffiliations, importOrganizations, recordStats, replaceStats } from '../members/index.ts';
import { oldestKept } from '../sources/index.ts';
import type { PageTaker, TakenRecord } from '../sources/index.ts';
import { daysIn } from './days.ts';
import type { Days } from './days.ts';
import { kindCode } from './kinds.ts';
import { hourOfWeek, unknownHour } from './presence.ts';
import { noteErasures } from './erased-rows.ts';
import { changedActivities } from './reading.ts';
import { screenRecords } from './screen.ts';
import { SheetChanges, writeSheets } from './sheets.ts';
import { countAfresh, deleteActivities, existingActivities, insertActivities, sameActivity } from './store.ts';
import type { ActivityRow } from './store.ts';
import { openThreads } from './threads.ts';
import type { PageThreads } from './threads.ts';

/** Activities of one record share its id's upper bits. */
export const placesInRecord = 1024;

/** No clock on this planet is further off, in minutes. */
const mostOffset = 24 * 60;
const longest = { title: 500, body: 20_000, url: 2000, platformType: 100 };

/**
 * Takes what records say into identities, threads, activities, roll-ups and statistics, in the page's transaction.
 * A record that is known is compared with what it said before: what differs is replaced, the rest is left alone.
 */
export function openTaker(program: Program, sourceId: number): PageTaker {
  let resolver = createResolver();
  const suppression = createSuppression(program.secrets);
  suppression.onChange(() => {
    // People whom it remembers may be gone, or back under another number.
    resolver = createResolver();
  });
  let zone = 'UTC';
  let days: Days = daysIn(zone);

  return {
    async screen(tx, derived) {
      return screenRecords(tx, suppression, derived, await oldestKept(tx, sourceId, program.clock.now()));
    },
    async take(tx, records) {
      if (records.length === 0) return { activities: 0, changed: 0 };
      const now = program.clock.now();
      const { timeZone } = await readWorkspace(tx.db);
      if (zone !== timeZone) {
        days = daysIn(timeZone);
        zone = timeZone;
      }
      const drafts = records.flatMap((record) =>
        record.derived.activities.flatMap((draft, place) =>
          record.leftOut?.has(place) === true ? [] : [{ id: record.recordId * placesInRecord + place, draft, record }],
        ),
      );
      await noteErasures(tx, sourceId, records);
      const others = records.flatMap((record) => record.derived.people ?? []);
      const people: Person[] = drafts.map(({ draft }) => draft.person);
      const identities = await resolver.resolve(tx, [...people, ...others], sourceId, now);
      const known = records.filter((record) => !record.isNew).map((record) => record.recordId);
      const before = known.length === 0 ? new Map<number, ActivityRow>() : await existingActivities(tx, sourceId, known, placesInRecord);
      const entries = drafts.map(({ id, draft }, i) => ({ id, draft, identityId: identities[i] ?? 0 }));
      const threads = await openThreads(tx, sourceId, records, entries, before);
      const rows = entries.map(({ id, draft, identityId }, i) => ({ ...toRow(sourceId, id, draft, identityId), ...threads.of[i] }));
      // Before the statistics: who links people waits for nobody who holds those.
      await takeStatements(tx, records, sourceId, now);
      const written = await writeActivities(tx, days, sourceId, known.length > 0, before, rows, threads);
      await resolver.finish(tx);
      return written;
    },
    committed() {
      resolver.commit();
    },
    rolledBack() {
      resolver.discard();
    },
  };

  async function takeStatements(tx: OpenTransaction, records: readonly TakenRecord[], source: number, now: Date): Promise<void> {
    const links = records.flatMap((record) => record.derived.links ?? []);
    if (links.length > 0) await resolver.link(tx, links, source, now);
    const organizations = records.flatMap((record) => record.derived.organizations ?? []);
    if (organizations.length > 0) await importOrganizations(tx, organizations, now);
    const affiliations = records.flatMap((record) => record.derived.affiliations ?? []);
    if (affiliations.length > 0) await importAffiliations(tx, resolver, affiliations, source, now);
  }
}

function toRow(sourceId: number, id: number, draft: ActivityDraft, identityId: number): ActivityRow {
  return {
    sourceId,
    id,
    identityId,
    kind: kindCode(draft.kind),
    // Whole milliseconds: some systems give parts of them, which roll-ups do not keep.
    at: Math.trunc(draft.at),
    offsetMinutes: draft.offset !== undefined && Math.abs(draft.offset) <= mostOffset ? Math.round(draft.offset) : null,
    platformType: cut(draft.platformType, longest.platformType),
    threadId: null,
    statement: null,
    title: cut(draft.title, longest.title),
    body: cut(draft.text, longest.body),
    url: cut(draft.url, longest.url),
    value: draft.value !== undefined && Number.isSafeInteger(Math.round(draft.value)) ? Math.round(draft.value) : null,
  };
}

/** Text within bounds, never split inside a character. */
function cut(text: string | undefined, most: number): string | null {
  if (text === undefined || text === '') return null;
  if (text.length <= most) return text;
  const end = text.charCodeAt(most - 1);
  return text.slice(0, end >= 0xd800 && end <= 0xdbff ? most - 1 : most);
}

/** Replaces what differs, and everything that is counted of it. The caller holds the source. */
export async function writeActivities(
  tx: OpenTransaction,
  days: Days,
  sourceId: number,
  again: boolean,
  before: ReadonlyMap<number, ActivityRow>,
  rows: readonly ActivityRow[],
  threads: PageThreads,
): Promise<{ activities: number; changed: number }> {
  const now = new Map(rows.map((row) => [row.id, row]));
  const gone = [...before.values()].filter((row) => !sameActivity(row, now.get(row.id)));
  const fresh = before.size === 0 ? rows : rows.filter((row) => !sameActivity(row, before.get(row.id)));
  await deleteActivities(
    tx,
    sourceId,
    gone.map((row) => row.id),
  );
  await insertActivities(tx, fresh, again);
  await threads.settle(gone, fresh);
  if (again) await changedActivities(tx, sourceId, days, gone, fresh);

  const changes = new SheetChanges();
  for (const row of gone) changes.remove(row.kind, days.dayOf(row.at), row.identityId, hoursOf(row), -(row.value ?? 0));
  for (const row of fresh) changes.add(row.kind, days.dayOf(row.at), row.identityId, hoursOf(row), row.value ?? 0);
  await writeSheets(tx, sourceId, changes);

  if (gone.length === 0) await recordStats(tx, statsOf(fresh));
  else await replaceStats(tx, await countAfresh(tx, [...new Set([...gone, ...fresh].map((row) => row.identityId))]));
  const changed = new Set([...gone, ...fresh].map((row) => Math.floor(row.id / placesInRecord)));
  return { activities: fresh.length, changed: changed.size };
}

export function hoursOf(row: Pick<ActivityRow, 'at' | 'offsetMinutes'>): [number, number] {
  return [hourOfWeek(row.at), row.offsetMinutes === null ? unknownHour : hourOfWeek(row.at, row.offsetMinutes)];
}

function statsOf(rows: readonly ActivityRow[]): { identityId: number; firstAt: number; lastAt: number; count: number }[] {
  const stats = new Map<number, { identityId: number; firstAt: number; lastAt: number; count: number }>();
  for (const { identityId, at } of rows) {
    const stat = stats.get(identityId);
    if (stat === undefined) stats.set(identityId, { identityId, firstAt: at, lastAt: at, count: 1 });
    else {
      stat.count += 1;
      if (at < stat.firstAt) stat.firstAt = at;
      if (at > stat.lastAt) stat.lastAt = at;
    }
  }
  return [...stats.values()];
}
