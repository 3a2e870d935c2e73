import { z } from 'zod';
import type { CheckLine } from '../contract.ts';
import { defineConnector } from '../kit/define.ts';
import { sourceRefused, tried } from '../kit/failures.ts';
import { get } from './api.ts';
import { deliveries } from './deliveries.ts';
import { members } from './members.ts';
import { messages } from './messages.ts';
import type { Place } from './places.ts';
import { isForum, listPlaces } from './places.ts';
import type { DiscordIo } from './settings.ts';
import { discordSettings } from './settings.ts';
import { threads } from './threads.ts';
import { webhook } from './webhook.ts';

export const discord = defineConnector({
  name: 'discord',
  title: 'Discord',
  summary: 'Reads messages, threads, forum posts, reactions and members of a Discord server, and acts there.',
  settings: discordSettings,
  nameOf: ({ server }) => `Discord ${server}`,
  everyMinutes: 15,
  // The form that Discord asks of bots: discord.com/developers/docs/reference#user-agent
  authorize: ({ token }) => ({ headers: { authorization: `Bot ${token}`, 'user-agent': 'DiscordBot (Rapport, 1.0)' } }),
  requestsPerSecond: 10,
  check,
  streams: [threads, messages, members],
  webhook,
  deliveries,
});

/** discord.com/developers/docs/resources/application#application-object-application-flags */
const contentIntent = (1 << 18) | (1 << 19);
const membersIntent = (1 << 14) | (1 << 15);

async function check(io: DiscordIo): Promise<CheckLine[]> {
  const { server } = io.settings;
  let flags = 0;
  const lines: CheckLine[] = [
    await tried('Use the token', async () => {
      const application = await get(io, '/applications/@me', {}, z.object({ name: z.string(), flags: z.number().nullish() }));
      flags = application.flags ?? 0;
      return `It is ${application.name}.`;
    }),
  ];
  if (lines[0]?.ok !== true) return lines;
  lines.push(
    await tried('Find the server', async () => (await get(io, `/guilds/${server}`, {}, z.object({ name: z.string() }))).name),
    await tried('Read what is written', async () => {
      if ((flags & contentIntent) === 0)
        throw sourceRefused(
          'discord.intent',
          'Messages would come without their text. Turn on the Message Content Intent of the application (Bot).',
        );
      return 'The Message Content Intent is on.';
    }),
    await tried('Find channels', async () => {
      const places = await listPlaces(io);
      if (places.length === 0)
        throw sourceRefused('discord.channels', 'There is no text, announcement or forum channel, or none of those named.');
      return `${places.length} channels, ${places.filter(isForum).length} of them forums.`;
    }),
    await tried('Read messages', () => readOne(io)),
  );
  if (!io.settings.members) return lines;
  lines.push(
    await tried('See who joined', async () => {
      if ((flags & membersIntent) === 0)
        throw sourceRefused('discord.intent', 'Turn on the Server Members Intent of the application (Bot), or turn off "Read who joined".');
      await get(io, `/guilds/${server}/members`, { limit: 1 }, z.array(z.unknown()));
      return 'Members can be read.';
    }),
  );
  return lines;
}

async function readOne(io: DiscordIo): Promise<string> {
  const place: Place | undefined = (await listPlaces(io)).find((each) => !isForum(each));
  if (place === undefined) return 'There are forums only.';
  await get(io, `/channels/${place.id}/messages`, { limit: 1 }, z.array(z.unknown()));
  return `Messages of #${place.name} can be read.`;
}
