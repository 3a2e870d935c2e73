import type { Connector, DeliveryTarget, Derived } from '../../connectors/contract.ts';
import type { Program } from '../../platform/context.ts';
import type { Db, OpenTransaction } from '../../platform/db.ts';

/** A record that is new or changed, with what it says. */
export interface TakenRecord extends Screened {
  recordId: number;
  isNew: boolean;
}

/** What a record says, without what must not be taken: of people on the suppression list, or older than the source keeps. */
export interface Screened {
  derived: Derived;
  /** Places of activities that are left out. The others keep theirs, because ids are made of them. */
  leftOut?: ReadonlySet<number>;
  /** Nobody may read the raw item: it speaks of somebody who was erased, or everything it says is too old. */
  withoutRaw?: boolean;
  /** Erasures, not yet purged, of people that it speaks of. */
  erasures?: readonly number[];
}

/** Takes what the records of one source say, page by page, each in the transaction that moves the cursor. */
export interface PageTaker {
  /** Asked before anything is stored, once the source is held. Undefined: the record is solely about suppressed people. */
  screen(tx: OpenTransaction, derived: readonly Derived[]): Promise<(Screened | undefined)[]>;
  /** How many activities were written, and how many records said something else than before. */
  take(tx: OpenTransaction, records: readonly TakenRecord[]): Promise<{ activities: number; changed: number }>;
  /** The transaction went through: what was remembered holds. */
  committed(): void;
  /** It did not: forget what was remembered since the last commit. */
  rolledBack(): void;
}

export interface Provided {
  connectors: readonly Connector<never>[];
  /** One for each run, so that it may remember between pages. */
  openTaker(program: Program, sourceId: number): PageTaker;
  /** Called again and again while a source is read, one call at a time, beside the writing: a start on `afterReading`. */
  whileReading(program: Program, sourceId: number, signal: AbortSignal): Promise<void>;
  /** Brings up to date what may lag behind a reading (lists, search), so that its end is the end. */
  afterReading(program: Program, signal: AbortSignal | undefined): Promise<void>;
  /** What a thread, an activity or an identity is to its connector, and the source that it belongs to. Errors: `not_found`. */
  findTarget(db: Db, about: DeliverySubject): Promise<{ sourceId: number | undefined; target: DeliveryTarget; recordId?: number }>;
  /** Takes back activities from before a day, in steps that each commit, with everything counted from them. How many went. */
  dropOlder(program: Program, sourceId: number, before: Date, signal: AbortSignal): Promise<number>;
  countOlder(program: Program, sourceId: number, before: Date): Promise<number>;
  /** Deletes everything that came from a source, in steps; says what it removed. */
  dropSource(program: Program, sourceId: number): Promise<Record<string, number>>;
}

/** What a delivery is done to, as people name it. */
export type DeliverySubject = { thread: number } | { activity: number } | { identity: number };

let provided: Provided | undefined;

/** Sources know the contract only: entry says which connectors there are, and who takes what they read. */
export function provideToSources(value: Provided): void {
  provided = value;
}

export function given(): Provided {
  if (provided === undefined) throw new Error('provideToSources() was not called.');
  return provided;
}
