import type { ActivityKind } from '../../connectors/contract.ts';
import type { Program } from '../../platform/context.ts';
import type { Database, OpenTransaction } from '../../platform/db.ts';
import type { DayRange } from './days.ts';

/** Some members: one bit each, by root id; bit `id & 7` of byte `id >> 3`, as PostgreSQL's `get_bit` counts them. */
export type MemberBits = Uint8Array;

/** Who did something of these kinds, in these sources, in these days, at least so often. */
export interface DidQuestion extends DayRange {
  kinds: 'any' | 'contributions' | readonly ActivityKind[];
  sources: readonly number[] | undefined;
  times: number;
  /** Only those whose very first falls into these days. */
  first: boolean;
}

/** Something that another module knows of people, offered as a field of segments. */
export interface MemberField {
  name: string;
  /** `Talked about`: how a sentence begins. */
  title: string;
  options(database: Database): Promise<{ value: string; label: string }[]>;
  members(database: Database, values: readonly string[], days: DayRange, timeZone: string): Promise<MemberBits>;
}

/** Whom an erasure is about, and what may still name them (lower case) in raw items. */
export interface Erased {
  id: number;
  identityIds: readonly number[];
  needles: readonly string[];
  accounts: readonly string[];
}

/** What people did, for those who erase them or hand them their data. Each call is one step that commits by itself. */
export interface History {
  /** Takes the next of their activities out of everything, and has it noted in the same transaction. Answers how many; 0 when all are out. */
  hideNext(
    program: Program,
    erased: Pick<Erased, 'id' | 'identityIds'>,
    note: (tx: OpenTransaction, activities: number) => Promise<void>,
  ): Promise<number>;
  /** Brings the next of them back, once they are off the list. Answers how many; 0 when all are back. */
  restoreNext(program: Program, erased: Pick<Erased, 'id'>): Promise<number>;
  /** Deletes the raw records and copies for good. Answers how many records. */
  purge(program: Program, erased: Erased, signal: AbortSignal): Promise<number>;
  /** Activities whole, with raw records, by source and id, after a key. */
  read(
    db: Database['pool'],
    identityIds: readonly number[],
    after: readonly [number, number],
    limit: number,
  ): Promise<{ key: [number, number]; line: Record<string, unknown> }[]>;
}

export interface Provided {
  history: History;
  whoDid(database: Database, question: DidQuestion): Promise<MemberBits>;
  /** Topics, languages, …: what is not there is not offered. */
  fields: readonly MemberField[];
}

let provided: Provided | undefined;

/** Members know people, not what they did: who counts activities is handed in by entry. */
export function provideToMembers(value: Provided): void {
  provided = value;
}

export function given(): Provided {
  if (provided === undefined) throw new Error('provideToMembers() was not called.');
  return provided;
}
