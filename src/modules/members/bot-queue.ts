import { z } from 'zod';
import { nameOf } from '../../platform/access.ts';
import { defineAction } from '../../platform/action.ts';
import type { Context } from '../../platform/context.ts';
import { idInput, showId } from '../../platform/ids.ts';
import { pageInput, readCursor, writeCursor } from '../../platform/page.ts';
import { readCards } from './card-page.ts';
import { cardOutput, showCard } from './list.ts';
import { inside, namesOf, rootOf, settle, thisRevision } from './store.ts';
import { lockTrees, settleBots } from './trees.ts';

export const listBots = defineAction({
  name: 'members.bots',
  kind: 'query',
  access: 'light_agent',
  summary: 'Lists who looks like a bot and waits for a person to decide, with why; or the bots that are confirmed.',
  input: z.object({ state: z.enum(['suspected', 'bot']).default('suspected'), ...pageInput }),
  output: z.object({
    bots: z.array(z.object({ member: cardOutput, reason: z.string().nullable(), decidedBy: z.string().nullable() })),
    count: z.number(),
    next: z.string().nullable(),
  }),
  async run(context, input) {
    const after = readCursor(input.cursor, 1)?.[0];
    let query = context.db
      .selectFrom('member as m')
      .select(['m.id', 'm.bot_reason', 'm.bot_decided_by'])
      .where('m.bot', '=', input.state)
      .where('m.merged_into', 'is', null)
      .orderBy('m.id', 'desc')
      .limit(input.limit + 1);
    if (after !== undefined) query = query.where('m.id', '<', Number(after));
    const rows = await query.execute();
    const page = rows.slice(0, input.limit);
    const cards = await readCards(
      context.db,
      page.map((row) => row.id),
    );
    const reasons =
      page.length === 0
        ? []
        : await context.db
            .selectFrom('member')
            .select(['root_id', 'bot_reason'])
            .where(
              'root_id',
              'in',
              page.map((row) => row.id),
            )
            .where('bot_reason', 'is not', null)
            .orderBy('id')
            .execute();
    const { count } = await context.db
      .selectFrom('member')
      .select((s) => s.fn.countAll<number>().as('count'))
      .where('bot', '=', input.state)
      .where('merged_into', 'is', null)
      .executeTakeFirstOrThrow();
    const last = page.at(-1);
    return {
      bots: page.flatMap((row) => {
        const card = cards.get(row.id);
        // Its card is being made: it is in the list a moment later.
        if (card === undefined) return [];
        return [
          {
            member: showCard(card),
            reason: row.bot_reason ?? reasons.find((one) => one.root_id === row.id)?.bot_reason ?? null,
            decidedBy: row.bot_decided_by,
          },
        ];
      }),
      count,
      next: rows.length > input.limit && last !== undefined ? writeCursor([last.id]) : null,
    };
  },
});

async function decide(context: Context, memberId: number, bot: 'bot' | 'human'): Promise<{ id: string }> {
  const tx = inside(context);
  await lockTrees(tx);
  const root = await rootOf(context.db, memberId);
  const before = await context.db.selectFrom('member').select('bot').where('id', '=', root).executeTakeFirstOrThrow();
  const who = nameOf(context.actor);
  await context.db
    .updateTable('member')
    .set({ own_bot: bot, bot_decided_by: who, bot_reason: `${who} decided`, revision: thisRevision })
    .where('id', '=', root)
    .execute();
  await settleBots(tx, [root]);
  await settle(context, [root]);
  const name = await namesOf(context.db, [root]);
  context.audit({
    subject: showId('member', root),
    summary: bot === 'bot' ? `Confirmed ${name(root)} as a bot` : `Marked ${name(root)} as human`,
    before: { bot: before.bot },
    after: { bot },
  });
  await context.fact('member.bot-decided', { memberId: root, bot });
  return { id: showId('member', root) };
}

export const confirmBot = defineAction({
  name: 'members.confirm-bot',
  kind: 'command',
  access: 'agent',
  summary: 'Says that a member is a bot: it is left out of every number about people, and imports do not change that.',
  input: z.object({ id: idInput('member') }),
  output: z.object({ id: z.string() }),
  run: (context, input) => decide(context, input.id, 'bot'),
});

export const markHuman = defineAction({
  name: 'members.mark-human',
  kind: 'command',
  access: 'agent',
  summary: 'Says that a member is a human: it counts again, and imports do not change that.',
  input: z.object({ id: idInput('member') }),
  output: z.object({ id: z.string() }),
  run: (context, input) => decide(context, input.id, 'human'),
});
