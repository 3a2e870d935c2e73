/**
 * Threads in memory, packed: when each was opened by which identity, how it stands, and the bytes of who said something when
 * (`activities/participants.ts`). Some 30 bytes a thread and 7 for each who answered. Who is whom, one of ours, or a bot is asked
 * of the census when a report runs, so that merges change nothing here. `thread-load.ts` keeps it in step.
 */
export interface ThreadBook {
  /** Slots in use, 0 to below; one without an id is empty. */
  size: number;
  id: Int32Array;
  source: Int32Array;
  /** Position in `threadKinds`, plus 16 times the one in `threadStates`, plus 64 for solved, 128 for a conversation put together in a room. */
  flags: Uint8Array;
  /** Milliseconds since 1970. */
  opened: Float64Array;
  /** When it ended, was merged or solved; NaN where it did not, or nobody knows when. */
  ended: Float64Array;
  opener: Int32Array;
  /** Where its bytes begin and end in `people`. */
  from: Int32Array;
  until: Int32Array;
  people: Uint8Array;
  /** Bytes written, and those that nobody points to any more. */
  used: number;
  wasted: number;
  /** Thread id → slot plus 1. */
  slotOf: Int32Array;
  free: number[];
}

export interface ThreadBytes {
  id: number;
  source: number;
  flags: number;
  opened: number;
  ended: number;
  opener: number;
  people: Uint8Array;
}

export function emptyBook(): ThreadBook {
  return {
    size: 0,
    id: new Int32Array(1024),
    source: new Int32Array(1024),
    flags: new Uint8Array(1024),
    opened: new Float64Array(1024),
    ended: new Float64Array(1024),
    opener: new Int32Array(1024),
    from: new Int32Array(1024),
    until: new Int32Array(1024),
    people: new Uint8Array(1 << 16),
    used: 0,
    wasted: 0,
    slotOf: new Int32Array(1024),
    free: [],
  };
}

/** Puts a thread in, instead of what was known of it. */
export function putThread(book: ThreadBook, given: ThreadBytes): void {
  dropThread(book, given.id);
  const slot = book.free.pop() ?? book.size;
  if (slot === book.size) {
    book.size += 1;
    if (book.size > book.id.length) resize(book, Math.ceil(book.size * 1.25));
  }
  if (given.id >= book.slotOf.length) book.slotOf = copied(book.slotOf, new Int32Array(Math.ceil((given.id + 1) * 1.25)));
  book.slotOf[given.id] = slot + 1;
  if (book.used + given.people.length > book.people.length)
    book.people = copied(book.people, new Uint8Array(Math.ceil((book.used + given.people.length) * 1.5)));
  book.people.set(given.people, book.used);
  book.id[slot] = given.id;
  book.source[slot] = given.source;
  book.flags[slot] = given.flags;
  book.opened[slot] = given.opened;
  book.ended[slot] = given.ended;
  book.opener[slot] = given.opener;
  book.from[slot] = book.used;
  book.used += given.people.length;
  book.until[slot] = book.used;
}

export function dropThread(book: ThreadBook, id: number): void {
  const slot = (book.slotOf[id] ?? 0) - 1;
  if (slot < 0) return;
  book.slotOf[id] = 0;
  book.id[slot] = 0;
  book.wasted += (book.until[slot] ?? 0) - (book.from[slot] ?? 0);
  book.free.push(slot);
}

/**
 * Makes room for so many threads at once: growing step by step would leave behind several times what is kept, in pieces. What
 * stays empty takes no memory until `trimBook`, as the system gives pages when they are written.
 */
export function reserveThreads(book: ThreadBook, threads: number): void {
  const room = Math.ceil(threads * 1.05);
  if (room > book.id.length) resize(book, room);
  if (room > book.slotOf.length) book.slotOf = copied(book.slotOf, new Int32Array(room));
  if (room * 32 > book.people.length) book.people = copied(book.people, new Uint8Array(room * 32));
}

/** Gives back nearly all room that nothing is in: after many threads came at once. */
export function trimBook(book: ThreadBook): void {
  const room = Math.ceil(book.size * 1.02);
  if (room < book.id.length) resize(book, room);
  const bytes = Math.ceil(book.used * 1.02);
  if (bytes < book.people.length) book.people = book.people.slice(0, bytes);
}

/** Where these threads are; of those that are not in the book, nothing. */
export function slotsOf(book: ThreadBook, ids: Int32Array): Int32Array {
  return ids.map((id) => (book.slotOf[id] ?? 0) - 1).filter((slot) => slot >= 0);
}

/** Gives back the room of replaced bytes once it is half of all. */
export function tidyBook(book: ThreadBook): void {
  if (book.wasted < 1 << 20 || book.wasted * 2 < book.used) return;
  const people = new Uint8Array(Math.ceil((book.used - book.wasted) * 1.25));
  let used = 0;
  for (let slot = 0; slot < book.size; slot++) {
    if (book.id[slot] === 0) continue;
    const bytes = book.people.subarray(book.from[slot], book.until[slot]);
    people.set(bytes, used);
    book.from[slot] = used;
    used += bytes.length;
    book.until[slot] = used;
  }
  Object.assign(book, { people, used, wasted: 0 });
}

function resize(book: ThreadBook, room: number): void {
  for (const column of ['id', 'source', 'opener', 'from', 'until'] as const) book[column] = copied(book[column], new Int32Array(room));
  book.flags = copied(book.flags, new Uint8Array(room));
  book.opened = copied(book.opened, new Float64Array(room));
  book.ended = copied(book.ended, new Float64Array(room));
}

function copied<T extends Int32Array | Uint8Array | Float64Array>(from: T, to: T): T {
  to.set(from.length > to.length ? from.subarray(0, to.length) : from);
  return to;
}
