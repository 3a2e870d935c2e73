import { z } from 'zod';
import type { Person } from '../contract.ts';
import { cleanName } from '../kit/text.ts';

export const snowflake = z.string().regex(/^\d{1,21}$/, 'is not an id of Discord');
const word = z.string().nullish();

/** discord.com/developers/docs/resources/user#user-object */
export const userRecord = z.object({
  id: snowflake,
  username: z.string().min(1).max(200),
  discriminator: word,
  global_name: word,
  avatar: z
    .string()
    .regex(/^\w{1,100}$/)
    .nullish(),
  bot: z.boolean().nullish(),
});
export type User = z.infer<typeof userRecord>;

/** User names are unique, but for bots of old, which a number tells apart. The id stays when a name changes. */
export function personOf(user: User, nick?: string | null): Person {
  const tag = user.discriminator ?? '0';
  const handle = cleanName(/^0*$/.test(tag) ? user.username : `${user.username}#${tag}`);
  const name = cleanName(nick || user.global_name || user.username);
  return {
    platform: 'discord',
    type: 'account',
    value: handle === '' ? user.id : handle,
    platformUserId: user.id,
    url: `https://discord.com/users/${user.id}`,
    ...(name === '' ? {} : { name }),
    ...(user.avatar == null ? {} : { avatarUrl: `https://cdn.discordapp.com/avatars/${user.id}/${user.avatar}.png` }),
    ...(user.bot === true ? { bot: true } : {}),
  };
}
