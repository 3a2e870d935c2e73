import { z } from 'zod';
import { nameOf, roleOf } from '../../platform/access.ts';
import { defineAction } from '../../platform/action.ts';
import type { Context } from '../../platform/context.ts';
import { forbidden, notFound } from '../../platform/errors.ts';
import { idInput, showId } from '../../platform/ids.ts';
import { queueMail } from '../../platform/mail.ts';
import { usersById } from '../access/index.ts';
import { actorId, namesOf, rootOf } from './store.ts';
import { cleanText } from './text.ts';

const body = z
  .string()
  .transform((text) => cleanText(text, 10_000))
  .pipe(z.string().min(1, 'is empty'))
  .describe('Markdown, shown without raw HTML. @[Ada Lovelace](user id) mentions a user, who gets a mail.');

/** The ids of the users that a note mentions: `@[Ada Lovelace](usr_…)`. */
function mentionsOf(text: string): string[] {
  return [...new Set([...text.matchAll(/@\[[^\]\n]{1,200}\]\(([\w-]{1,100})\)/g)].map((found) => found[1] ?? ''))].slice(0, 50);
}

/** Writes to those who are mentioned and were not before. Returns whom the note mentions: users that there are. */
async function tellMentioned(context: Context, root: number, text: string, before: readonly string[]): Promise<string[]> {
  const users = await usersById(context.db, mentionsOf(text));
  const author = actorId(context);
  const fresh = [...users.values()].filter((user) => !before.includes(user.id) && user.id !== author);
  if (fresh.length === 0) return [...users.keys()];
  const name = await namesOf(context.db, [root]);
  const link = context.config.publicUrl === undefined ? '' : `\n\n${context.config.publicUrl}/members/${showId('member', root)}`;
  const words = text.replace(/@\[([^\]\n]{1,200})\]\([\w-]{1,100}\)/g, '@$1');
  for (const user of fresh) {
    await queueMail(context, {
      to: user.email,
      subject: `${nameOf(context.actor)} mentioned you in a note about ${name(root)}`,
      body: `Hello ${user.name},\n\n${nameOf(context.actor)} wrote about ${name(root)}:\n\n${words}${link}\n`,
    });
  }
  return [...users.keys()];
}

export const addNote = defineAction({
  name: 'members.add-note',
  kind: 'command',
  access: 'light_agent',
  summary: 'Leaves an internal note about a person; users who are mentioned in it get a mail.',
  input: z.object({ member: idInput('member'), body }),
  output: z.object({ id: z.string() }),
  async run(context, input) {
    const root = await rootOf(context.db, input.member);
    const mentions = await tellMentioned(context, root, input.body, []);
    const made = await context.db
      .insertInto('member_note')
      .values({
        member_id: root,
        body: input.body,
        author_id: actorId(context),
        author_name: nameOf(context.actor),
        mentions,
        created_at: context.clock.now(),
      })
      .returning('id')
      .executeTakeFirstOrThrow();
    const id = showId('note', made.id);
    context.audit({ subject: showId('member', root), summary: 'Left a note', after: { note: id } });
    await context.fact('member.noted', { memberId: root, noteId: made.id });
    return { id };
  },
});

/** A note that the actor wrote, or any for a manager. Errors: `not_found`, `forbidden`. */
async function ownNote(context: Context, id: number): Promise<{ id: number; member_id: number; body: string; mentions: string[] }> {
  const note = await context.db.selectFrom('member_note').selectAll().where('id', '=', id).forUpdate().executeTakeFirst();
  if (note === undefined) throw notFound('note', showId('note', id));
  const role = roleOf(context.actor);
  const mine = note.author_id !== null && note.author_id === actorId(context);
  if (!mine && role !== 'manager' && role !== 'administrator') throw forbidden('Only the author or a manager may change this note.');
  return note;
}

export const editNote = defineAction({
  name: 'members.edit-note',
  kind: 'command',
  access: 'light_agent',
  summary: 'Changes a note that you wrote; managers may change any.',
  input: z.object({ note: idInput('note'), body }),
  output: z.object({ id: z.string() }),
  async run(context, input) {
    const note = await ownNote(context, input.note);
    const mentions = await tellMentioned(context, await rootOf(context.db, note.member_id), input.body, note.mentions);
    await context.db
      .updateTable('member_note')
      .set({ body: input.body, mentions, edited_at: context.clock.now() })
      .where('id', '=', note.id)
      .execute();
    context.audit({
      subject: showId('member', note.member_id),
      summary: 'Changed a note',
      before: { body: note.body },
      after: { body: input.body },
    });
    return { id: showId('note', note.id) };
  },
});

export const deleteNote = defineAction({
  name: 'members.delete-note',
  kind: 'command',
  access: 'light_agent',
  summary: 'Deletes a note that you wrote; managers may delete any.',
  input: z.object({ note: idInput('note') }),
  output: z.object({ id: z.string() }),
  async run(context, input) {
    const note = await ownNote(context, input.note);
    await context.db.deleteFrom('member_note').where('id', '=', note.id).execute();
    context.audit({ subject: showId('member', note.member_id), summary: 'Deleted a note', before: { body: note.body } });
    return { id: showId('note', note.id) };
  },
});
