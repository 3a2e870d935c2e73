/**
 * The bytes of a presence row: which identities were active on one day, for one source and kind, how often, and in which
 * hours. Pure. Two buffers:
 * - `people`: for each identity in ascending order two varints (LEB128): id minus the id before, and its count.
 * - `hours`: for each activity, in the order of `people`, two bytes: hour of week UTC (0 = Monday 00:00 … 167), and hour of
 *   week on the person's own clock (255 when the source does not keep it).
 */
export interface Sheet {
  people: Buffer;
  hours: Buffer;
  identities: number;
  total: number;
}

export const emptySheet: Sheet = { people: Buffer.alloc(0), hours: Buffer.alloc(0), identities: 0, total: 0 };

export const unknownHour = 255;

/** Activities of one identity to add or to take away, each as its two hour bytes. */
export interface SheetChange {
  add: number[][];
  remove: number[][];
}

/** Calls `visit` for each identity of a sheet in ascending order, with its count. */
export function eachPerson(people: Uint8Array, visit: (identityId: number, count: number) => void): void {
  let position = 0;
  let id = 0;
  const end = people.length;
  while (position < end) {
    let shift = 0;
    let delta = 0;
    let byte: number;
    do {
      byte = people[position++] ?? 0;
      delta += (byte & 127) * 2 ** shift;
      shift += 7;
    } while (byte > 127);
    shift = 0;
    let count = 0;
    do {
      byte = people[position++] ?? 0;
      count += (byte & 127) * 2 ** shift;
      shift += 7;
    } while (byte > 127);
    id += delta;
    visit(id, count);
  }
}

/** A sheet with changes applied. Removing what is not there leaves the sheet as it is. */
export function changeSheet(sheet: Sheet, changes: ReadonlyMap<number, SheetChange>): Sheet {
  const entries = new Map<number, number[][]>();
  let at = 0;
  eachPerson(sheet.people, (id, count) => {
    const hours: number[][] = [];
    for (let i = 0; i < count; i++, at += 2) hours.push([sheet.hours[at] ?? unknownHour, sheet.hours[at + 1] ?? unknownHour]);
    entries.set(id, hours);
  });
  for (const [id, change] of changes) {
    const hours = entries.get(id) ?? [];
    for (const gone of change.remove) {
      const found = hours.findIndex((hour) => hour[0] === gone[0] && hour[1] === gone[1]);
      if (found >= 0) hours.splice(found, 1);
    }
    hours.push(...change.add);
    entries.set(id, hours);
  }
  return writeSheet(entries);
}

function writeSheet(entries: Map<number, number[][]>): Sheet {
  const ids = Uint32Array.from([...entries].filter(([, hours]) => hours.length > 0).map(([id]) => id)).sort();
  const people: number[] = [];
  const hours: number[] = [];
  let before = 0;
  for (const id of ids) {
    // Sorted, so that the same activities give the same bytes, in whatever order they came.
    const own = (entries.get(id) ?? []).sort((a, b) => (a[0] ?? 0) - (b[0] ?? 0) || (a[1] ?? 0) - (b[1] ?? 0));
    pushVarint(people, id - before);
    pushVarint(people, own.length);
    for (const [utc, local] of own) hours.push(utc ?? unknownHour, local ?? unknownHour);
    before = id;
  }
  return { people: Buffer.from(people), hours: Buffer.from(hours), identities: ids.length, total: hours.length / 2 };
}

function pushVarint(target: number[], value: number): void {
  let rest = value;
  while (rest > 127) {
    target.push((rest % 128) + 128);
    rest = Math.floor(rest / 128);
  }
  target.push(rest);
}

/** Hour of week of a moment: Monday 00:00 UTC is 0. `offset` in minutes east of UTC. */
export function hourOfWeek(at: number, offset = 0): number {
  const hours = Math.floor((at + offset * 60_000) / 3_600_000);
  // 1 January 1970 was a Thursday: 72 hours after Monday.
  return (((hours + 72) % 168) + 168) % 168;
}
