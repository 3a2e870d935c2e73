import { sql } from 'kysely';
import { z } from 'zod';
import { activityKinds } from '../../connectors/contract.ts';
import { defineAction } from '../../platform/action.ts';
import { notFound } from '../../platform/errors.ts';
import { idInput, showId } from '../../platform/ids.ts';
import { readWorkspace } from '../access/index.ts';
import { levelAt, readEngagementRules } from '../members/index.ts';
import { dayIn, showDay } from './calendar.ts';
import { kindTitle } from './contribution-kinds.ts';
import { shareLeft, tenthsOf } from './engagement.ts';

export const engagementOf = defineAction({
  name: 'engagement.of',
  kind: 'query',
  access: 'light_agent',
  summary: 'Shows a person’s engagement points as a sum: for each kind how many activities, what is left of them, and what each is worth.',
  input: z.object({ member: idInput('member') }),
  output: z.object({
    points: z.number().describe('The sum of the lines, to the tenth.'),
    level: z.object({ id: z.string(), name: z.string(), fromPoints: z.number() }).nullable(),
    next: z
      .object({ name: z.string(), fromPoints: z.number(), missing: z.number() })
      .nullable()
      .describe('The level above, and how far it is.'),
    lines: z.array(
      z.object({
        kind: z.enum(activityKinds),
        title: z.string(),
        count: z.number().describe('Activities of this kind, ever.'),
        left: z.number().describe('As many fresh ones as they are worth after fading, to the tenth.'),
        weight: z.number(),
        points: z.number().describe('left × weight.'),
      }),
    ),
    day: z.string().describe('The day of the workspace that it holds for.'),
    halfLifeDays: z.number(),
    isBot: z.boolean().describe('Bots get no points.'),
  }),
  async run(context, input) {
    const { db } = context;
    const member = await db
      .selectFrom('member as m')
      .innerJoin('member as root', 'root.id', 'm.root_id')
      .select(['root.id', 'root.bot'])
      .where('m.id', '=', input.member)
      .executeTakeFirst();
    if (member === undefined) throw notFound('member', showId('member', input.member));
    const rules = await readEngagementRules(db);
    const { timeZone } = await readWorkspace(db);
    const today = dayIn(timeZone, context.clock.now());
    const isBot = member.bot === 'bot';
    const days = isBot
      ? []
      : (
          await sql<{ kind: number; day: number; count: number }>`
            select a.kind, (a.at at time zone ${timeZone})::date - date '1970-01-01' as day, count(*)::int as count
            from identity i join activity a on a.identity_id = i.id where i.member_id = ${member.id} group by 1, 2`.execute(db)
        ).rows;
    const byKind = new Map<number, { count: number; shares: number }>();
    for (const { kind, day, count } of days) {
      const sum = byKind.get(kind) ?? { count: 0, shares: 0 };
      byKind.set(kind, { count: sum.count + count, shares: sum.shares + count * shareLeft(today - day, rules.halfLifeDays) });
    }
    const lines = [...byKind].flatMap(([place, { count, shares }]) => {
      const kind = activityKinds[place];
      const weight = rules.weights[place] ?? 0;
      if (kind === undefined || weight === 0) return [];
      return [{ kind, title: kindTitle(kind), count, left: tenthsOf(shares), weight, tenths: tenthsOf(shares) * weight }];
    });
    const tenths = lines.reduce((sum, line) => sum + line.tenths, 0);
    const level = levelAt(rules.levels, tenths);
    const next = rules.levels.find((one) => one.fromPoints * 10 > tenths);
    return {
      points: tenths / 10,
      level: level === undefined ? null : { ...level, id: showId('level', level.id) },
      next: next === undefined ? null : { name: next.name, fromPoints: next.fromPoints, missing: (next.fromPoints * 10 - tenths) / 10 },
      lines: lines
        .toSorted((a, b) => b.tenths - a.tenths || b.count - a.count)
        .map(({ tenths: own, left, ...line }) => ({ ...line, left: left / 10, points: own / 10 })),
      day: showDay(today),
      halfLifeDays: rules.halfLifeDays,
      isBot,
    };
  },
});
