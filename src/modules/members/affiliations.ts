import { z } from 'zod';
import { nameOf } from '../../platform/access.ts';
import { defineAction } from '../../platform/action.ts';
import type { Context } from '../../platform/context.ts';
import { conflict, invalidInput, notFound } from '../../platform/errors.ts';
import { idInput, showId } from '../../platform/ids.ts';
import { ensureOrganization } from './organizations.ts';
import { inside, namesOf, rootOf, settle, thisRevision } from './store.ts';
import { cleanLine } from './text.ts';

const day = z.iso.date('is a day such as 2026-03-01').nullable();
const dates = {
  from: day.optional().describe('First day there; open when left out.'),
  to: day.optional().describe('Last day there; open when left out.'),
  role: z
    .string()
    .transform((text) => cleanLine(text))
    .nullable()
    .optional(),
};

interface Stated {
  organization: string | number;
  from?: string | null | undefined;
  to?: string | null | undefined;
  role?: string | null | undefined;
}

/** Writes an affiliation that a person states. Errors: `affiliations.dates`, `not_found`. */
export async function addHandAffiliation(context: Context, root: number, stated: Stated): Promise<number> {
  checkOrder(stated.from, stated.to);
  const organizationId =
    typeof stated.organization === 'number'
      ? stated.organization
      : await ensureOrganization(inside(context), stated.organization, 'hand', context.clock.now());
  if (organizationId === undefined) throw invalidInput('affiliations.organization', 'Give the name of an organization.');
  const known = await context.db.selectFrom('organization').select('id').where('id', '=', organizationId).executeTakeFirst();
  if (known === undefined) throw notFound('organization', showId('organization', organizationId));
  const made = await context.db
    .insertInto('affiliation')
    .values({
      member_id: root,
      organization_id: organizationId,
      from_day: stated.from ?? null,
      to_day: stated.to ?? null,
      role: stated.role ?? null,
      origin: 'hand',
      created_at: context.clock.now(),
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  return made.id;
}

function checkOrder(from: string | null | undefined, to: string | null | undefined): void {
  if (typeof from === 'string' && typeof to === 'string' && from > to)
    throw invalidInput('affiliations.dates', 'The last day lies before the first one. Swap them.');
}

export const addAffiliation = defineAction({
  name: 'affiliations.add',
  kind: 'command',
  access: 'agent',
  summary: 'Says where a person works or worked, and when.',
  input: z.object({
    member: idInput('member'),
    organization: idInput('organization').optional(),
    organizationName: z.string().max(200).optional().describe('Instead of the id; made if there is none of that name.'),
    ...dates,
  }),
  output: z.object({ id: z.string() }),
  async run(context, input) {
    const root = await rootOf(context.db, input.member);
    const organization = input.organization ?? input.organizationName;
    if (organization === undefined) throw invalidInput('affiliations.organization', 'Say which organization: by id or by name.');
    const id = showId(
      'affiliation',
      await addHandAffiliation(context, root, { organization, from: input.from, to: input.to, role: input.role }),
    );
    await settle(context, [root]);
    const name = await namesOf(context.db, [root]);
    context.audit({
      subject: showId('member', root),
      summary: `Added where ${name(root)} belongs`,
      after: { affiliation: id, from: input.from, to: input.to, role: input.role },
    });
    return { id };
  },
});

/** Those that follow from addresses change with the addresses, not by hand. */
async function statedAffiliation(context: Context, id: number) {
  const row = await context.db.selectFrom('affiliation').selectAll().where('id', '=', id).forUpdate().executeTakeFirst();
  if (row === undefined) throw notFound('affiliation', showId('affiliation', id));
  if (row.origin === 'domain') {
    throw conflict(
      'affiliations.derived',
      'This follows from an e-mail address and would come back. Add one by hand, which comes first, or take the domain from the organization.',
    );
  }
  return row;
}

export const updateAffiliation = defineAction({
  name: 'affiliations.update',
  kind: 'command',
  access: 'agent',
  summary: 'Changes the dates or the role of an affiliation; imports leave it alone from then on.',
  input: z.object({ id: idInput('affiliation'), ...dates }),
  output: z.object({ id: z.string() }),
  async run(context, input) {
    const row = await statedAffiliation(context, input.id);
    const after = {
      from_day: input.from === undefined ? row.from_day : input.from,
      to_day: input.to === undefined ? row.to_day : input.to,
      role: input.role === undefined ? row.role : input.role,
    };
    checkOrder(after.from_day, after.to_day);
    await context.db
      .updateTable('affiliation')
      .set({ ...after, fixed_by: nameOf(context.actor), revision: thisRevision })
      .where('id', '=', row.id)
      .execute();
    const root = await rootOf(context.db, row.member_id);
    await settle(context, [root]);
    context.audit({
      subject: showId('member', root),
      summary: 'Changed an affiliation',
      before: { from: row.from_day, to: row.to_day, role: row.role },
      after: { from: after.from_day, to: after.to_day, role: after.role },
    });
    return { id: showId('affiliation', row.id) };
  },
});

export const removeAffiliation = defineAction({
  name: 'affiliations.remove',
  kind: 'command',
  access: 'agent',
  summary:
    'Removes an affiliation that is wrong; an import or a profile that goes on saying so does not bring it back. To say that somebody left, give it a last day instead.',
  input: z.object({ id: idInput('affiliation') }),
  output: z.object({ id: z.string() }),
  async run(context, input) {
    const row = await statedAffiliation(context, input.id);
    await context.db.deleteFrom('affiliation').where('id', '=', row.id).execute();
    if (row.identity_id !== null && row.origin !== 'hand') {
      await context.db
        .insertInto('affiliation_removed')
        .values({
          identity_id: row.identity_id,
          organization_id: row.organization_id,
          origin: row.origin,
          said_from: row.said_from,
          removed_at: context.clock.now(),
          removed_by: nameOf(context.actor),
        })
        .onConflict((c) => c.doNothing())
        .execute();
    }
    const root = await rootOf(context.db, row.member_id);
    await settle(context, [root]);
    context.audit({
      subject: showId('member', root),
      summary: 'Removed an affiliation',
      before: { organization: showId('organization', row.organization_id), from: row.from_day, to: row.to_day, role: row.role },
    });
    return { id: showId('affiliation', row.id) };
  },
});
