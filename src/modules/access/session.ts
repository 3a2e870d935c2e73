import { z } from 'zod';
import { idOf, nameOf, roleOf, roles } from '../../platform/access.ts';
import { defineAction } from '../../platform/action.ts';
import { forbidden } from '../../platform/errors.ts';
import { passwordLength, personName } from './rules.ts';
import { findUser, hasAdministrator } from './store.ts';
import { readWorkspace } from './workspace.ts';

export const session = defineAction({
  name: 'access.session',
  kind: 'query',
  // The sign-in page needs it.
  access: 'anyone',
  summary: 'Says who is calling with which role, how one can sign in, and how the workspace looks.',
  input: z.object({}),
  output: z.object({
    actor: z.object({
      type: z.string(),
      id: z.string().nullable(),
      name: z.string(),
      role: z.enum(roles).nullable(),
      email: z.string().nullable(),
      twoFactor: z.boolean(),
    }),
    /** No administrator yet: the one-time link is needed. */
    setUpNeeded: z.boolean(),
    signIn: z.object({
      password: z.object({ minLength: z.number(), maxLength: z.number() }),
      /** What the button of single sign-on says, or null. */
      oidc: z.string().nullable(),
      /** Whether mails (password reset, invitations) reach people by themselves. */
      mail: z.boolean(),
    }),
    workspace: z.object({
      name: z.string(),
      accent: z.string().nullable(),
      logo: z.string().nullable(),
      /** For those signed in. */
      timeZone: z.string().nullable(),
      fiscalYearStartMonth: z.number().nullable(),
    }),
  }),
  async run(context) {
    const { actor, config } = context;
    const role = roleOf(actor) ?? null;
    const user = actor.type === 'user' ? await findUser(context.db, actor.id) : undefined;
    const workspace = await readWorkspace(context.db);
    return {
      actor: {
        type: actor.type,
        id: idOf(actor) ?? null,
        name: nameOf(actor),
        role,
        email: user?.email ?? null,
        twoFactor: user?.twoFactor ?? false,
      },
      setUpNeeded: !(await hasAdministrator(context.db)),
      signIn: {
        password: { minLength: passwordLength.min, maxLength: passwordLength.max },
        oidc: config.oidc?.name ?? null,
        mail: config.smtpUrl !== undefined,
      },
      workspace: {
        name: workspace.name,
        accent: workspace.accent,
        logo: workspace.logo,
        timeZone: role === null ? null : workspace.timeZone,
        fiscalYearStartMonth: role === null ? null : workspace.fiscalYearStartMonth,
      },
    };
  },
});

export const updateProfile = defineAction({
  name: 'access.update-profile',
  kind: 'command',
  access: 'light_agent',
  summary: 'Changes how your own name is shown.',
  input: z.object({ name: personName }),
  output: z.object({ name: z.string() }),
  async run(context, input) {
    const { actor } = context;
    if (actor.type !== 'user') throw forbidden('Only a signed-in person has a name to change.');
    await context.db
      .updateTable('user_account')
      .set({ name: input.name, updated_at: context.clock.now() })
      .where('id', '=', actor.id)
      .execute();
    context.audit({ subject: actor.id, summary: 'Changed their name', before: { name: actor.name }, after: { name: input.name } });
    return { name: input.name };
  },
});
