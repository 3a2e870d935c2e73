import type { Program } from '../../../platform/context.ts';
import { blotAudit } from '../../../platform/audit.ts';
import { transaction } from '../../../platform/db.ts';
import type { OpenTransaction } from '../../../platform/db.ts';
import type { Job } from '../../../platform/jobs.ts';
import { holdSource, purgeDeliveries, purgeQuarantine } from '../../sources/index.ts';
import { showId } from '../../../platform/ids.ts';
import { given } from '../provided.ts';
import { namesInAudit } from './rows.ts';
import type { KeptRows } from './rows.ts';

/** What erasing and bringing back do behind the request, in steps that each commit: killed anywhere, the next run goes on. */
export const privacyJob: Job = {
  name: 'members.privacy',
  cron: '*/5 * * * *',
  expireSeconds: 24 * 3600,
  work: (program, _data, signal) => goOn(program, signal),
};

/** Nobody writes what comes from any source until the transaction ends. In the order of ids, so that nobody waits in a circle. */
export async function holdSources(tx: OpenTransaction): Promise<void> {
  const sources = await tx.db.selectFrom('source').select('id').orderBy('id').execute();
  for (const { id } of sources) await holdSource(tx, id);
}

/** Goes on with what was begun, and purges whose time to be brought back is over. */
export async function goOn(program: Program, signal: AbortSignal): Promise<void> {
  await program.database.db
    .updateTable('erasure')
    .set({ state: 'purging' })
    .where('state', '=', 'hidden')
    .where('restore_until', '<=', program.clock.now())
    .execute();
  const open = await program.database.db
    .selectFrom('erasure')
    .select(['id', 'state'])
    .where('state', 'in', ['hiding', 'restoring', 'purging'])
    .orderBy('id')
    .execute();
  for (const { id, state } of open) {
    signal.throwIfAborted();
    if (state === 'hiding') await hide(program, id, Number.POSITIVE_INFINITY, signal);
    if (state === 'restoring') await restore(program, id, Number.POSITIVE_INFINITY, signal);
    if (state === 'purging') await purge(program, id, signal);
  }
}

/** Takes out what an erased person did, up to so many steps. True when all is out. */
export async function hide(program: Program, id: number, steps: number, signal?: AbortSignal): Promise<boolean> {
  const erasure = await program.database.db
    .selectFrom('erasure')
    .select('identity_ids')
    .where('id', '=', id)
    .where('state', '=', 'hiding')
    .executeTakeFirst();
  if (erasure === undefined) return true;
  for (let step = 0; step < steps; step += 1) {
    signal?.throwIfAborted();
    const done = await given().history.hideNext(program, { id, identityIds: erasure.identity_ids }, async (tx, activities) => {
      await tx.client.query('update erasure set activities = activities + $2 where id = $1', [id, activities]);
    });
    if (done === 0) {
      await program.database.db
        .updateTable('erasure')
        .set({ state: 'hidden' })
        .where('id', '=', id)
        .where('state', '=', 'hiding')
        .execute();
      return true;
    }
  }
  return false;
}

/** Brings back what somebody did, up to so many steps. True when all is back. */
export async function restore(program: Program, id: number, steps: number, signal?: AbortSignal): Promise<boolean> {
  for (let step = 0; step < steps; step += 1) {
    signal?.throwIfAborted();
    if ((await given().history.restoreNext(program, { id })) > 0) continue;
    await program.database.db
      .updateTable('erasure')
      .set({ state: 'restored', kept: null, identity_ids: [], ended_at: program.clock.now() })
      .where('id', '=', id)
      .where('state', '=', 'restoring')
      .execute();
    return true;
  }
  return false;
}

interface KeptIdentity {
  id: number;
  type: string;
  value: string;
  platform_user_id: string | null;
  former_values: string[];
}

async function purge(program: Program, id: number, signal: AbortSignal): Promise<void> {
  const erasure = await program.database.db
    .selectFrom('erasure')
    .select(['identity_ids', 'kept'])
    .where('id', '=', id)
    .where('state', '=', 'purging')
    .executeTakeFirst();
  if (erasure?.kept == null) return;
  const kept = JSON.parse(program.secrets.open(erasure.kept)) as KeptRows;
  // The cast is safe: `takeRows` wrote them so.
  const identities = (kept['identity'] ?? []) as unknown as KeptIdentity[];
  const names = identities.flatMap((one) => [one.value, ...one.former_values]).filter((name) => name.length > 1 && name !== '(unknown)');
  const inRaw = [...new Set(names.map(asInJson))];
  const records = await given().history.purge(
    program,
    { id, identityIds: erasure.identity_ids, needles: inRaw, accounts: names.map((name) => name.toLowerCase()) },
    signal,
  );
  await transaction(program.database, async (tx) => {
    // Nobody judges what is in quarantine: only what surely is theirs goes, an address or a whole value.
    await purgeQuarantine(tx, [...new Set(names.map((name) => (name.includes('@') ? asInJson(name) : `"${asInJson(name)}"`)))]);
    await purgeDeliveries(
      tx,
      erasure.identity_ids.map((one) => showId('identity', one)),
      [],
    );
    await blotAudit(tx.client, namesInAudit(kept));
    await tx.db
      .updateTable('erasure')
      .set({ state: 'purged', kept: null, identity_ids: [], records, ended_at: program.clock.now() })
      .where('id', '=', id)
      .execute();
    await tx.client.query('update suppression_state set version = version + 1');
  });
}

/** As a value stands in JSON text, lower case. */
function asInJson(value: string): string {
  return JSON.stringify(value.toLowerCase()).slice(1, -1);
}
