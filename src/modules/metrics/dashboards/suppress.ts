import { isFigure } from '../drawing/figures.ts';
import type { ShownColumn, ShownReport, ShownRow } from '../drawing/figures.ts';

/** Groups with fewer people are not shown to everybody. */
export const fewest = 5;

/** What stands in place of a number of people that is too small. */
export const tooFew = `<${fewest}`;

/**
 * A report as everybody may see it: no ids, no member, and no group of one to four people. Where one is hidden, the other
 * numbers of people are rounded to fives, so that it cannot be found by subtracting; sums, shares and medians of a row
 * whose whole group is hidden go too. Undefined when the report is about people one by one.
 */
export function forEverybody(shown: ShownReport): ShownReport | undefined {
  if (shown.columns.some((column) => column.type === 'member')) return undefined;
  const people = shown.columns.filter((column) => column.counts === 'people' && column.type === 'count');
  const named = shown.columns.filter((column) => column.type === 'organization');
  const kept = named.length === 0 || people.length === 0 ? shown.rows : shown.rows.filter((row) => !isSmall(largest(row, people)));
  const hidden =
    kept.length < shown.rows.length ||
    kept.some((row) => people.some(({ key }) => isSmall(row.cells[key]))) ||
    shown.headline.some((line) => line.counts === 'people' && isSmall(line.value) && line.type === 'count');
  const rows = kept.map((row) => ({ key: row.key, ids: {}, cells: hideIn(row, shown.columns, people, hidden) }));
  const dropped = shown.rows.length - kept.length;
  return {
    ...shown,
    rows,
    headline: shown.headline.map((line) => ({
      ...line,
      value: line.counts === 'people' && line.type === 'count' ? headlineValue(line.value, hidden) : line.value,
      previous: line.counts === 'people' && line.type === 'count' ? headlineValue(line.previous, hidden) : line.previous,
    })),
    notes: [
      ...shown.notes,
      ...(hidden ? [`Groups of fewer than ${fewest} people are hidden, and other numbers of people rounded to ${fewest}s.`] : []),
      ...(dropped > 0 ? [`${dropped} with fewer than ${fewest} people ${dropped === 1 ? 'is' : 'are'} not listed.`] : []),
    ],
    excluded: {
      ...shown.excluded,
      team: hideLeftOut(shown.excluded.team),
      widerCommunity: hideLeftOut(shown.excluded.widerCommunity),
      suspectedBots: 0,
    },
  };
}

function isSmall(value: unknown): boolean {
  return typeof value === 'number' && value > 0 && value < fewest;
}

function largest(row: ShownRow, people: readonly ShownColumn[]): number | undefined {
  const values = people.flatMap(({ key }) => (typeof row.cells[key] === 'number' ? [row.cells[key]] : []));
  return values.length === 0 ? undefined : Math.max(...values);
}

function hideIn(row: ShownRow, columns: readonly ShownColumn[], people: readonly ShownColumn[], rounds: boolean): ShownRow['cells'] {
  const whole = isSmall(largest(row, people));
  const some = people.some(({ key }) => isSmall(row.cells[key]));
  return Object.fromEntries(
    columns.map((column) => {
      const value = row.cells[column.key] ?? null;
      // A name without a number of people beside could be that of one person's employer.
      if (column.type === 'organization' && people.length === 0) return [column.key, null];
      if (typeof value !== 'number' || !isFigure(column.type) || column.key === 'rank') return [column.key, value];
      if (people.includes(column)) return [column.key, isSmall(value) ? tooFew : rounds ? toFives(value) : value];
      // A share or an average of so few gives the number away.
      return [column.key, whole || (some && column.type !== 'count') ? null : value];
    }),
  );
}

function headlineValue(value: number | null, rounds: boolean): number | null {
  return isSmall(value) ? null : rounds && value !== null ? toFives(value) : value;
}

function toFives(value: number): number {
  return Math.round(value / fewest) * fewest;
}

function hideLeftOut(left: { people: number; activities: number }): { people: number; activities: number } {
  return isSmall(left.people) ? { people: 0, activities: 0 } : left;
}
