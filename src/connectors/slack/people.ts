import { z } from 'zod';
import { AppError } from '../../platform/errors.ts';
import type { Derived, Json, Page, Person } from '../contract.ts';
import { defineStream } from '../kit/define.ts';
import { identityOf, personOfEmail } from '../kit/people.ts';
import { cleanName, cleanText, webUrl } from '../kit/text.ts';
import { wholeList } from '../kit/whole-list.ts';
import { call } from './api.ts';
import { account, slackbot } from './messages.ts';
import type { SlackIo, SlackSettings } from './settings.ts';

const word = z.string().nullish();

const userRecord = z.object({
  id: z.string().regex(/^[A-Z\d]{1,40}$/, 'is not an id of Slack'),
  name: word,
  real_name: word,
  is_bot: z.boolean().nullish(),
  is_email_confirmed: z.boolean().nullish(),
  updated: z.number().nullish(),
  profile: z.object({ real_name: word, display_name: word, email: word, title: word, image_192: word }).nullish(),
});

export const people = defineStream({
  name: 'people',
  title: 'People',
  order: 'snapshot',
  record: userRecord,
  externalId: (user) => user.id,
  version: (user) => (user.updated == null ? undefined : user.updated * 1000),
  pages,
  derive,
});

/** Messages are worth reading without the people's names: a missing scope is said, and nothing else stops. */
async function* pages(io: SlackIo, cursor: Json | undefined): AsyncGenerator<Page> {
  try {
    yield* wholeList(cursor, async (next) => {
      const { data, next: following } = await call(
        io,
        'users.list',
        { limit: 200, cursor: next },
        z.object({ members: z.array(z.json()) }),
      );
      return { items: data.members, next: following };
    });
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'slack.scope') throw error;
    io.warn(error.message);
  }
}

/** Slack keeps an e-mail address on an account only after its owner opened the link that was sent there. */
function derive(user: z.infer<typeof userRecord>, settings: SlackSettings): Derived {
  const { profile } = user;
  const name = cleanName(profile?.real_name || user.real_name || profile?.display_name || user.name || '');
  const bio = cleanText(profile?.title ?? '', 500);
  const avatarUrl = webUrl(profile?.image_192 ?? undefined);
  const person: Person = {
    ...account(user.id, settings),
    url: `https://${settings.workspace}/team/${user.id}`,
    ...(name === '' ? {} : { name }),
    ...(bio === '' ? {} : { bio }),
    ...(avatarUrl === undefined ? {} : { avatarUrl }),
    ...(user.is_bot === true || user.id === slackbot ? { bot: true } : {}),
  };
  const email = profile?.email ?? '';
  const { person: mailbox, links } = personOfEmail(name, email, settings.workspace);
  if (mailbox.type !== 'email' || user.is_email_confirmed === false || person.bot === true) return { activities: [], people: [person] };
  const isConfirmed = user.is_email_confirmed === true;
  return {
    activities: [],
    people: [person, mailbox],
    links: [
      {
        a: identityOf(person),
        b: identityOf(mailbox),
        reason: `${settings.workspace} says that ${mailbox.value} is the ${isConfirmed ? 'confirmed ' : ''}address of the account ${user.id}`,
        proof: isConfirmed ? 'verified_email' : 'platform',
      },
      ...links,
    ],
  };
}
