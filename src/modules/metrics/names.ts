import { activityKinds } from '../../connectors/contract.ts';
import type { Db } from '../../platform/db.ts';
import { showId } from '../../platform/ids.ts';
import { kindTitle } from './contribution-kinds.ts';
import type { Column, Row } from './report.ts';

/** What the numbers in a report are called, by their number. */
export interface Names {
  member: Map<number, string>;
  organization: Map<number, string>;
  source: Map<number, string>;
}

/** Reads the names of what the rows and columns are about: in three small queries, whatever the report. */
export async function readNames(db: Db, columns: readonly Column[], rows: readonly Row[]): Promise<Names> {
  const ids = (type: Column['type']) => {
    const keys = columns.filter((column) => column.type === type).map((column) => column.key);
    return rows.flatMap((row) => keys.map((key) => row.cells[key])).filter((id) => typeof id === 'number' && id !== 0) as number[];
  };
  const sources = [...ids('source'), ...columns.flatMap((column) => (column.about?.type === 'source' ? [column.about.id] : []))];
  return {
    member: await memberNames(db, ids('member')),
    organization: await named(db, 'organization', ids('organization')),
    source: await named(db, 'source', sources),
  };
}

/** The name on a member's card, else the member's own, else its first account. */
export async function memberNames(db: Db, ids: readonly number[]): Promise<Map<number, string>> {
  if (ids.length === 0) return new Map();
  const rows = await db
    .selectFrom('member as m')
    .leftJoin('member_card as c', 'c.member_id', 'm.id')
    .where('m.id', 'in', [...new Set(ids)])
    .select((e) => [
      'm.id',
      e.fn
        .coalesce(
          'c.name',
          'm.name',
          e
            .selectFrom('identity as i')
            .select((i) => i.fn.coalesce('i.name', 'i.value').as('shown'))
            .whereRef('i.member_id', '=', 'm.id')
            .orderBy('i.id')
            .limit(1),
        )
        .as('shown'),
    ])
    .execute();
  return new Map(rows.map((row) => [row.id, row.shown ?? `Member ${showId('member', row.id)}`]));
}

async function named(db: Db, table: 'organization' | 'source', ids: readonly number[]): Promise<Map<number, string>> {
  if (ids.length === 0) return new Map();
  const rows = await db
    .selectFrom(table)
    .select(['id', 'name'])
    .where('id', 'in', [...new Set(ids)])
    .execute();
  return new Map(rows.map((row) => [row.id, row.name]));
}

/** A row as it is shown: words in the cells, and the ids of what they are about beside. */
export interface ShownRow extends Row {
  ids: Record<string, string>;
}

export function showRow(row: Row, columns: readonly Column[], names: Names): ShownRow {
  const cells = { ...row.cells };
  const ids: Record<string, string> = {};
  for (const { key, type } of columns) {
    const value = cells[key];
    if (typeof value !== 'number') continue;
    if (type === 'member' || type === 'organization' || type === 'source') {
      cells[key] = value === 0 ? 'Unknown' : (names[type].get(value) ?? 'Removed');
      if (value !== 0) ids[key] = showId(type, value);
    } else if (type === 'kind') {
      const kind = activityKinds[value];
      if (kind === undefined) continue;
      cells[key] = kindTitle(kind);
      ids[key] = kind;
    }
  }
  return { key: row.key, cells, ids };
}

export interface ShownColumn extends Omit<Column, 'about'> {
  about?: { type: 'source' | 'kind'; id: string };
}

export function showColumn({ about, ...column }: Column, names: Names): ShownColumn {
  if (about === undefined) return column;
  if (about.type === 'source')
    return { ...column, title: names.source.get(about.id) ?? 'Removed', about: { type: 'source', id: showId('source', about.id) } };
  const kind = activityKinds[about.id];
  return kind === undefined ? column : { ...column, title: kindTitle(kind), about: { type: 'kind', id: kind } };
}
