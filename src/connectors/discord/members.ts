import { z } from 'zod';
import type { Derived, Json, Page } from '../contract.ts';
import { defineStream } from '../kit/define.ts';
import { absurdTime, readTime } from '../kit/time.ts';
import type { ListPage } from '../kit/whole-list.ts';
import { wholeList } from '../kit/whole-list.ts';
import { get, isClosed } from './api.ts';
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
    const list = async (after: string | undefined): Promise<ListPage> => {
      const found = await get(io, `/guilds/${io.settings.server}/members`, { limit: pageSize, after }, z.array(listed));
      // As it came.
      return { items: found as Json[], next: found.length < pageSize ? undefined : found.at(-1)?.user.id };
    };
    try {
      yield* wholeList(cursor, list);
    } catch (error) {
      // Messages are worth reading without the list of members.
      if (!isClosed(error)) throw error;
      io.warn(`${error.message} Turn on the Server Members Intent of the application (Bot), or turn off "Read who joined".`);
    }
  },
  derive,
});

function derive({ user, nick, joined_at: joined }: z.infer<typeof memberRecord>): Derived {
  const person = personOf(user, nick);
  if (joined == null) return { activities: [], people: [person] };
  return { activities: [{ kind: 'join', at: readTime(joined), person }] };
}
