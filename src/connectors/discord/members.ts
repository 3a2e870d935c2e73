import { z } from 'zod';
import type { Derived, Json, Page } from '../contract.ts';
import { defineStream } from '../kit/define.ts';
import { absurdTime, readTime } from '../kit/time.ts';
import { wholeList } from '../kit/whole-list.ts';
import { get } from './api.ts';
import { personOf, userRecord } from './people.ts';
import type { DiscordIo } from './settings.ts';

const pageSize = 1000;

/** discord.com/developers/docs/resources/guild#guild-member-object */
const memberRecord = z.object({
  user: userRecord,
  nick: z.string().nullish(),
  joined_at: z
    .string()
    .superRefine((text, context) => {
      const why = absurdTime(readTime(text));
      if (why !== undefined) context.addIssue(why);
    })
    .nullish(),
});

const listed = z.looseObject({ user: z.looseObject({ id: z.string() }) });

export const members = defineStream({
  name: 'members',
  title: 'Members of the server',
  order: 'snapshot',
  record: memberRecord,
  externalId: ({ user }) => user.id,
  async *pages(io: DiscordIo, cursor: Json | undefined): AsyncGenerator<Page> {
    if (!io.settings.members) return;
    yield* wholeList(cursor, async (after) => {
      const list = await get(io, `/guilds/${io.settings.server}/members`, { limit: pageSize, after }, z.array(listed));
      // As it came.
      return { items: list as Json[], next: list.length < pageSize ? undefined : list.at(-1)?.user.id };
    });
  },
  derive,
});

function derive({ user, nick, joined_at: joined }: z.infer<typeof memberRecord>): Derived {
  const person = personOf(user, nick);
  if (joined == null) return { activities: [], people: [person] };
  return { activities: [{ kind: 'join', at: readTime(joined), person }] };
}
