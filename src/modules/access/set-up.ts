import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { defineAction } from '../../platform/action.ts';
import type { Program } from '../../platform/context.ts';
import type { Db } from '../../platform/db.ts';
import { conflict, forbidden } from '../../platform/errors.ts';
import type { Secrets } from '../../platform/secrets.ts';
import { addressOf, domainsInput, emailInput, pages, passwordInput, personName, sameToken, setupTokenOf, timeZoneInput } from './rules.ts';
import { hasAdministrator, insertUser } from './store.ts';
import { changeWorkspace, workspaceName } from './workspace.ts';

/**
 * The one-time link of the first visit, for the terminal; undefined once there is an administrator. The same link at
 * every start, and from every process of this instance, until it is used.
 */
export async function ensureSetupToken(program: Program, address = addressOf(program.config)): Promise<string | undefined> {
  const { db } = program.database;
  if (await hasAdministrator(db)) return undefined;
  await db
    .insertInto('setup_token')
    .values({ nonce: randomBytes(32).toString('hex'), created_at: program.clock.now() })
    .onConflict((c) => c.doNothing())
    .execute();
  const token = await readSetupToken(db, program.secrets);
  return token === undefined ? undefined : pages.setUp(address, token);
}

async function readSetupToken(db: Db, secrets: Secrets): Promise<string | undefined> {
  const row = await db.selectFrom('setup_token').select('nonce').where('used_at', 'is', null).executeTakeFirst();
  return row === undefined ? undefined : setupTokenOf(secrets.derive('set-up'), row.nonce);
}

export const setUp = defineAction({
  name: 'access.set-up',
  kind: 'command',
  // Nobody can be signed in yet: the one-time token is what opens it.
  access: 'anyone',
  summary: 'Takes a new instance: creates its administrator and names the workspace. Needs the one-time link that the start printed.',
  input: z.object({
    token: z.string().max(200).meta({ secret: true }).describe('What follows # in the printed link.'),
    name: personName,
    email: emailInput,
    password: passwordInput,
    workspace: z.object({
      name: workspaceName,
      timeZone: timeZoneInput.default('UTC'),
      ourDomains: domainsInput.default([]).describe('Mail domains of our own people, such as example.com.'),
    }),
  }),
  output: z.object({ userId: z.string(), email: z.string() }),
  async run(context, input) {
    // Before any work: a stranger without the token must not make the server hash passwords.
    const expected = await readSetupToken(context.db, context.secrets);
    if (await hasAdministrator(context.db)) throw taken();
    if (expected === undefined || !sameToken(expected, input.token)) {
      throw forbidden('This set-up link is not valid. Use the one that the server prints at each start until it is used.');
    }
    // Two who set up at once: the second waits here for the first, and then finds the token used.
    const mine = await context.db
      .updateTable('setup_token')
      .set({ used_at: context.clock.now() })
      .where('used_at', 'is', null)
      .returning('id')
      .executeTakeFirst();
    if (mine === undefined || (await hasAdministrator(context.db))) throw taken();
    const userId = await insertUser(context, { name: input.name, email: input.email, role: 'administrator', password: input.password });
    await changeWorkspace(context, input.workspace);
    await context.db.updateTable('workspace').set({ set_up_at: context.clock.now() }).execute();
    context.audit({ subject: userId, summary: `Set up the workspace ${input.workspace.name}; ${input.name} is its administrator` });
    await context.fact('workspace.set-up', { userId });
    return { userId, email: input.email };
  },
});

function taken() {
  return conflict('access.set_up_done', 'This instance has an administrator already. Sign in, or ask for an invitation.');
}
