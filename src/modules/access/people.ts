import { z } from 'zod';
import { idOf, roles } from '../../platform/access.ts';
import { defineAction } from '../../platform/action.ts';
import { conflict } from '../../platform/errors.ts';
import { emailInput, momentOutput, newToken, passwordInput, personName, roleInput, showRole, userIdInput } from './rules.ts';
import { endSessions, insertUser, listUsers, lockUser, refuseIfLast } from './store.ts';

export const people = defineAction({
  name: 'access.people',
  kind: 'query',
  access: 'manager',
  summary: 'Lists who may sign in: role, when last seen, whether a second factor is on.',
  input: z.object({}),
  output: z.object({
    people: z.array(
      z.object({
        id: z.string(),
        name: z.string(),
        email: z.string(),
        role: z.enum(roles),
        twoFactor: z.boolean(),
        disabledAt: momentOutput.nullable(),
        lastSeenAt: momentOutput.nullable(),
        createdAt: momentOutput,
      }),
    ),
  }),
  run: async (context) => ({ people: await listUsers(context.db) }),
});

export const createUser = defineAction({
  name: 'access.create-user',
  kind: 'command',
  access: 'administrator',
  summary: 'Creates an account at once, without an invitation. Without a password one is made and shown once.',
  input: z.object({ name: personName, email: emailInput, role: roleInput.default('light_agent'), password: passwordInput.optional() }),
  output: z.object({ id: z.string(), email: z.string(), password: z.string().nullable() }),
  async run(context, input) {
    const made = input.password === undefined ? newToken().slice(0, 20) : null;
    const id = await insertUser(context, {
      name: input.name,
      email: input.email,
      role: input.role,
      password: input.password ?? made ?? '',
    });
    context.audit({ subject: id, summary: `Created the account of ${input.name} as ${showRole(input.role)}` });
    await context.fact('user.created', { userId: id, role: input.role });
    return { id, email: input.email, password: made };
  },
});

export const setRole = defineAction({
  name: 'access.set-role',
  kind: 'command',
  access: 'administrator',
  summary: 'Gives a person another role.',
  input: z.object({ userId: userIdInput, role: roleInput }),
  output: z.object({ id: z.string(), role: z.enum(roles) }),
  async run(context, input) {
    const { user, last } = await lockUser(context.db, input.userId);
    if (input.role !== 'administrator') refuseIfLast(last);
    await context.db
      .updateTable('user_account')
      .set({ role: input.role, updated_at: context.clock.now() })
      .where('id', '=', user.id)
      .execute();
    context.audit({
      subject: user.id,
      summary: `Made ${user.name} ${showRole(input.role)}`,
      before: { role: user.role },
      after: { role: input.role },
    });
    return { id: user.id, role: input.role };
  },
});

export const disableUser = defineAction({
  name: 'access.disable-user',
  kind: 'command',
  access: 'administrator',
  summary: 'Shuts a person out at once: sessions end and API keys stop. What they did stays.',
  input: z.object({ userId: userIdInput }),
  output: z.object({ id: z.string() }),
  async run(context, input) {
    const { user, last } = await lockUser(context.db, input.userId);
    if (user.id === idOf(context.actor))
      throw conflict('access.own_account', 'You cannot disable your own account. Ask another administrator.');
    refuseIfLast(last);
    const now = context.clock.now();
    await context.db
      .updateTable('user_account')
      .set({ disabled_at: now, updated_at: now })
      .where('id', '=', user.id)
      .where('disabled_at', 'is', null)
      .execute();
    await endSessions(context.db, user.id);
    context.audit({ subject: user.id, summary: `Disabled the account of ${user.name}` });
    return { id: user.id };
  },
});

export const enableUser = defineAction({
  name: 'access.enable-user',
  kind: 'command',
  access: 'administrator',
  summary: 'Lets a disabled person sign in again.',
  input: z.object({ userId: userIdInput }),
  output: z.object({ id: z.string() }),
  async run(context, input) {
    const { user } = await lockUser(context.db, input.userId);
    await context.db
      .updateTable('user_account')
      .set({ disabled_at: null, updated_at: context.clock.now() })
      .where('id', '=', user.id)
      .execute();
    context.audit({ subject: user.id, summary: `Enabled the account of ${user.name}` });
    return { id: user.id };
  },
});

export const resetTwoFactor = defineAction({
  name: 'access.reset-two-factor',
  kind: 'command',
  access: 'administrator',
  summary: 'Turns off the second factor of a person who lost it with all backup codes, and ends their sessions.',
  input: z.object({ userId: userIdInput }),
  output: z.object({ id: z.string() }),
  async run(context, input) {
    const { user } = await lockUser(context.db, input.userId);
    await context.db.deleteFrom('user_two_factor').where('user_id', '=', user.id).execute();
    await context.db
      .updateTable('user_account')
      .set({ two_factor_enabled: false, updated_at: context.clock.now() })
      .where('id', '=', user.id)
      .execute();
    await endSessions(context.db, user.id);
    context.audit({ subject: user.id, summary: `Turned off the second factor of ${user.name}` });
    return { id: user.id };
  },
});
