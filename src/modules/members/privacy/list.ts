import { z } from 'zod';
import { defineAction } from '../../../platform/action.ts';
import type { Context } from '../../../platform/context.ts';
import { conflict, invalidInput } from '../../../platform/errors.ts';
import type { Identity } from '../../../connectors/contract.ts';
import { normaliseIdentity } from '../identities.ts';
import type { NormalIdentity } from '../identities.ts';
import { lookUp } from '../resolver-store.ts';
import { inside } from '../store.ts';
import { changed, createSuppression, hashesOf, suppress } from './suppression.ts';
import { showId } from '../../../platform/ids.ts';

/** The suppression list by hand. What was entered is hashed at once: neither the list nor the audit trail says it again. */
const identityInput = z.object({
  platform: z.string().trim().min(1).max(60).default('email').describe('email, github, discourse, …'),
  host: z.string().trim().max(200).optional().describe('For platforms that many hosts run: forum.example.org.'),
  value: z.string().trim().min(1).max(320).meta({ secret: true }).describe('The address or account, as it was known.'),
  number: z
    .string()
    .trim()
    .min(1)
    .max(200)
    .optional()
    .meta({ secret: true })
    .describe("The platform's own number of the account, if known."),
});

function identityOf(input: z.output<typeof identityInput>): Identity {
  return {
    platform: input.platform,
    type: input.platform === 'email' ? 'email' : 'account',
    value: input.value,
    ...(input.host === undefined ? {} : { host: input.host }),
    ...(input.number === undefined ? {} : { platformUserId: input.number }),
  };
}

/** Errors: `members.suppressed` when somebody who was erased would come back by hand. */
export async function refuseSuppressed(context: Context, identities: readonly Identity[]): Promise<void> {
  const hits = await createSuppression(context.secrets).look(inside(context), identities);
  if (hits.some((hit) => hit !== undefined))
    throw conflict(
      'members.suppressed',
      'One of these addresses or accounts is on the suppression list: the person was erased. Lift it under Settings, Privacy first, if they want to be known again.',
    );
}

export const suppressionList = defineAction({
  name: 'members.suppression',
  kind: 'query',
  access: 'manager',
  summary: 'Says how many addresses and accounts imports leave out. Which ones nobody can read: the list holds keyed hashes only.',
  input: z.object({}),
  output: z.object({ entries: z.number(), byHand: z.number(), lastAt: z.date().nullable() }),
  async run(context) {
    const { rows } = await context.database.pool.query<{ entries: number; by_hand: number; last_at: Date | null }>(
      'select count(*) as entries, count(*) filter (where erasure_id is null) as by_hand, max(at) as last_at from suppression',
    );
    return { entries: rows[0]?.entries ?? 0, byHand: rows[0]?.by_hand ?? 0, lastAt: rows[0]?.last_at ?? null };
  },
});

export const suppressIdentity = defineAction({
  name: 'members.suppress',
  kind: 'command',
  access: 'manager',
  summary: 'Puts an address or account that is not known here on the suppression list, so that imports never take it in.',
  input: identityInput,
  output: z.object({ entries: z.number() }),
  async run(context, input) {
    const identity = normaliseIdentity(identityOf(input));
    const known = await knownAs(context, identity);
    if (known !== undefined)
      throw conflict('members.known', `This belongs to ${known}. Erase that person instead: that suppresses all of it.`);
    const hashes = hashesOf(context.secrets, identity);
    if (hashes.length === 0) throw invalidInput('members.identity', 'Give an address or an account.');
    await suppress(inside(context), hashes, null, context.clock.now());
    context.audit({ summary: `Suppressed one ${identity.platform} identity` });
    return { entries: hashes.length };
  },
});

async function knownAs(context: Context, identity: NormalIdentity): Promise<string | undefined> {
  const [found] = await lookUp(inside(context), [identity]);
  const id = (found?.byUser ?? found?.byKey)?.id;
  if (id === undefined) return undefined;
  const row = await context.db.selectFrom('identity').select('member_id').where('id', '=', id).executeTakeFirstOrThrow();
  return showId('member', row.member_id);
}

export const liftSuppression = defineAction({
  name: 'members.lift-suppression',
  kind: 'command',
  access: 'administrator',
  summary:
    'Takes an address or account off the suppression list, so that imports take it in again; with everything else of that person, if wanted.',
  input: identityInput.extend({
    whole: z.boolean().default(false).describe('Also everything that was erased together with it.'),
  }),
  output: z.object({ lifted: z.number(), left: z.number().describe('Of the same person, still suppressed.') }),
  async run(context, input) {
    const tx = inside(context);
    const hashes = hashesOf(context.secrets, normaliseIdentity(identityOf(input))).map((one) => one.hash.toString('hex'));
    const { rows } = await tx.client.query<{ hash: string; erasure_id: number | null; state: string | null }>(
      `select encode(s.hash, 'hex') as hash, s.erasure_id, e.state from suppression s left join erasure e on e.id = s.erasure_id
       where s.hash = any (select decode(h, 'hex') from unnest($1::text[]) h)`,
      [hashes],
    );
    if (rows.length === 0)
      throw invalidInput(
        'members.not_suppressed',
        'This is not on the list. Enter it as the platform knew it: the whole address, or the account with its platform and host.',
      );
    if (rows.some((row) => row.state === 'hiding' || row.state === 'hidden'))
      throw conflict('members.restorable', 'This person is not purged yet. Bring it back instead: that lifts the suppression, too.');
    const erasures = [...new Set(rows.flatMap((row) => row.erasure_id ?? []))];
    const { rowCount } = await tx.client.query(
      `delete from suppression where hash = any (select decode(h, 'hex') from unnest($1::text[]) h) or ($2 and erasure_id = any ($3::int[]))`,
      [rows.map((row) => row.hash), input.whole, erasures],
    );
    await changed(tx);
    const left = await tx.client.query<{ n: number }>('select count(*) as n from suppression where erasure_id = any ($1::int[])', [
      erasures,
    ]);
    context.audit({ summary: `Lifted the suppression of one ${input.platform} identity` });
    return { lifted: rowCount ?? 0, left: left.rows[0]?.n ?? 0 };
  },
});

const rulesShape = z.object({
  restoreDays: z.number().int().min(0).max(365).describe('For so many days an erased person can be brought back.'),
});

export const privacyRules = defineAction({
  name: 'members.privacy',
  kind: 'query',
  access: 'light_agent',
  summary: 'Shows for how long an erased person can be brought back.',
  input: z.object({}),
  output: rulesShape,
  async run(context) {
    const row = await context.db.selectFrom('privacy_rules').select('restore_days').executeTakeFirstOrThrow();
    return { restoreDays: row.restore_days };
  },
});

export const updatePrivacy = defineAction({
  name: 'members.update-privacy',
  kind: 'command',
  access: 'administrator',
  summary: 'Changes for how long an erased person can be brought back. Holds for who is erased from now on.',
  input: rulesShape,
  output: rulesShape,
  async run(context, input) {
    const before = await context.db.selectFrom('privacy_rules').select('restore_days').forUpdate().executeTakeFirstOrThrow();
    await context.db.updateTable('privacy_rules').set({ restore_days: input.restoreDays }).execute();
    context.audit({
      subject: 'privacy',
      summary: `Erased people can be brought back for ${input.restoreDays} days`,
      before: { restoreDays: before.restore_days },
      after: input,
    });
    return input;
  },
});
