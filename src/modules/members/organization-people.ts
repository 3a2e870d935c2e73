import { sql } from 'kysely';
import { z } from 'zod';
import { defineAction } from '../../platform/action.ts';
import { idInput } from '../../platform/ids.ts';
import { pageInput, readCursor, writeCursor } from '../../platform/page.ts';
import { readCards } from './card-page.ts';
import { cardOutput, showCard } from './list.ts';

export const organizationPeople = defineAction({
  name: 'organizations.people',
  kind: 'query',
  access: 'light_agent',
  summary: 'Lists who belongs or belonged to an organization, with the dates, the most active first; bots left out.',
  input: z.object({ id: idInput('organization'), when: z.enum(['now', 'before']).default('now'), ...pageInput }),
  output: z.object({
    people: z.array(z.object({ member: cardOutput, from: z.string().nullable(), to: z.string().nullable(), role: z.string().nullable() })),
    next: z.string().nullable(),
  }),
  async run(context, input) {
    const after = readCursor(input.cursor, 2);
    const today = context.clock.now().toISOString().slice(0, 10);
    // Several affiliations with one organization are one stay, from the first day to the last; an open end stays open.
    const { rows } = await sql<{ root: number; from_day: string | null; to_day: string | null; role: string | null; activities: number }>`
      select * from (
        select m.root_id as root, c.activities,
          case when bool_or(a.from_day is null) then null else min(a.from_day) end as from_day,
          case when bool_or(a.to_day is null) then null else max(a.to_day) end as to_day,
          (array_agg(a.role order by a.to_day desc nulls first) filter (where a.role is not null))[1] as role
        from affiliation a join member m on m.id = a.member_id join member_card c on c.member_id = m.root_id
        where a.organization_id = ${input.id} and c.bot <> 'bot' and (a.from_day is null or a.from_day <= ${today}::date)
        group by m.root_id, c.activities
      ) people
      where (coalesce(to_day, 'infinity') >= ${today}::date) = ${input.when === 'now'}
        and ${after === undefined ? sql`true` : sql`(activities, root) < (${after[0]}, ${after[1]})`}
      order by activities desc, root desc limit ${input.limit + 1}`.execute(context.db);
    const page = rows.slice(0, input.limit);
    const last = page.at(-1);
    const cards = await readCards(
      context.db,
      page.map((row) => row.root),
    );
    return {
      people: page.flatMap((row) => {
        const card = cards.get(row.root);
        return card === undefined ? [] : [{ member: showCard(card), from: row.from_day, to: row.to_day, role: row.role }];
      }),
      next: rows.length > input.limit && last !== undefined ? writeCursor([last.activities, last.root]) : null,
    };
  },
});
