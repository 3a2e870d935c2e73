import type { Action, Input, Output } from './action.ts';
import type { Actor, Origin } from './access.ts';
import type { Clock } from './clock.ts';
import type { Config } from './config.ts';
import type { Database, Db, OpenTransaction } from './db.ts';
import type { Jobs } from './jobs.ts';
import type { Log } from './log.ts';
import type { Secrets } from './secrets.ts';

/** What the whole process shares: made once at start by entry. */
export interface Program {
  config: Config;
  database: Database;
  secrets: Secrets;
  clock: Clock;
  log: Log;
  jobs: Jobs;
}

/** What one call of an action works with. Inside a command `db` is the open transaction. */
export interface Context extends Program {
  actor: Actor;
  origin: Origin;
  requestId: string;
  db: Db;
  /** The open transaction, in commands; undefined in queries and in commands that declare `transaction: false`. */
  tx: OpenTransaction | undefined;
  /** Calls another action as the same actor, in the same transaction. */
  call<A extends Action>(action: A, input: Input<A>): Promise<Output<A>>;
  /** Records that something happened: handlers run after the commit, at least once. */
  fact(name: string, payload: Record<string, unknown>): Promise<void>;
  /** What the audit row of this command shall say beside its input. */
  audit(entry: AuditNote): void;
  /** Writes the audit row with this step of a command that commits on its own: should the process end, what was begun is known. */
  auditWith(step: OpenTransaction, entry: AuditNote): Promise<void>;
}

export interface AuditNote {
  /** The id of what was changed, as people see it: `mem_1a`. */
  subject?: string;
  /** One sentence in words: "Merged Ada Lovelace into A. Lovelace". */
  summary?: string;
  before?: unknown;
  after?: unknown;
}
