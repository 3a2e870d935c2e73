import { idOf } from './access.ts';
import type { Context, Program } from './context.ts';
import { transaction } from './db.ts';
import type { OpenTransaction } from './db.ts';
import { messageOf } from './errors.ts';

/** Something that happened inside Rapport, as a handler gets it. */
export interface Fact {
  id: number;
  name: string;
  payload: Record<string, unknown>;
  at: Date;
}

/** Reacts to facts of one name. Runs in a transaction of its own, once for each fact, whatever crashes. */
export interface FactHandler {
  /** Stable: what already went through is known by it. */
  name: string;
  on: string;
  handle(program: Program, tx: OpenTransaction, fact: Fact): Promise<void>;
}

const deliverJob = 'facts.deliver';

/** Writes a fact with the change that caused it. Its delivery is queued by the same commit. */
export async function recordFact(context: Context, name: string, payload: Record<string, unknown>): Promise<void> {
  const now = context.clock.now();
  await context.db
    .insertInto('fact')
    .values({ name, payload: JSON.stringify(payload), at: now, actor_type: context.actor.type, actor_id: idOf(context.actor) ?? null })
    .execute();
  if (context.tx !== undefined) await context.jobs.sendInside(context.tx, deliverJob, {}, { once: true });
  else await context.jobs.send(deliverJob, {}, { once: true });
}

/** The job that hands undelivered facts to their handlers; handlers are given by entry. */
export function deliverFacts(handlers: readonly FactHandler[]) {
  return {
    name: deliverJob,
    // What a crash between commit and delivery left.
    cron: '*/5 * * * *',
    async work(program: Program, _data: Record<string, unknown>, _signal: AbortSignal): Promise<void> {
      for (;;) {
        const facts = await program.database.db
          .selectFrom('fact')
          .select(['id', 'name', 'payload', 'at'])
          .where('delivered_at', 'is', null)
          .orderBy('id')
          .limit(200)
          .execute();
        if (facts.length === 0) return;
        for (const row of facts) {
          const fact: Fact = { id: row.id, name: row.name, payload: row.payload as Record<string, unknown>, at: row.at };
          await deliver(program, handlers, fact);
        }
      }
    },
  };
}

async function deliver(program: Program, handlers: readonly FactHandler[], fact: Fact): Promise<void> {
  for (const handler of handlers.filter((candidate) => candidate.on === fact.name)) {
    try {
      await transaction(program.database, async (tx) => {
        const mine = await tx.db
          .insertInto('fact_handled')
          .values({ fact_id: fact.id, handler: handler.name })
          .onConflict((c) => c.doNothing())
          .returning('fact_id')
          .executeTakeFirst();
        if (mine !== undefined) await handler.handle(program, tx, fact);
      });
    } catch (error) {
      // The job is retried with backoff; handlers that went through are not repeated.
      program.log.error({ fact: fact.id, name: fact.name, handler: handler.name, error: messageOf(error) }, 'a fact handler failed');
      throw error;
    }
  }
  await program.database.db.updateTable('fact').set({ delivered_at: program.clock.now() }).where('id', '=', fact.id).execute();
}
