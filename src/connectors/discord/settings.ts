import { z } from 'zod';
import type { ConnectorIo } from '../contract.ts';

const snowflake = z
  .string()
  .trim()
  .regex(/^\d{15,21}$/, 'is an id of Discord: 15 to 21 digits');

export const discordSettings = z.object({
  server: snowflake.meta({
    title: 'Server',
    description: 'Its id: turn on developer mode in Discord (Advanced), then right-click the server, "Copy Server ID".',
  }),
  token: z
    .string()
    .trim()
    .regex(/^[\w.-]{20,200}$/, 'is not a bot token')
    .meta({ title: 'Bot token', description: 'Of the application that you made for Rapport (Bot, Reset Token).', secret: true }),
  publicKey: z
    .string()
    .trim()
    .toLowerCase()
    .regex(/^[\da-f]{64}$/, 'has 64 hexadecimal digits')
    .optional()
    .meta({
      title: 'Public key',
      description: 'Of the same application (General Information). Only for receiving interactions: commands and pressed buttons.',
      secret: true,
    }),
  channels: z
    .array(snowflake)
    .max(500)
    .default([])
    .meta({ title: 'Channels', description: 'Ids of the text, announcement and forum channels to read. Empty: all that the bot may see.' }),
  solvedTags: z
    .array(z.string().trim().min(1).max(50))
    .max(20)
    .default(['solved', 'resolved', 'answered', '✅'])
    .meta({ title: 'Tags that mean solved', description: 'A forum post with one of these tags (name or emoji) is solved.' }),
  members: z
    .boolean()
    .default(true)
    .meta({ title: 'Read who joined', description: 'Needs the Server Members Intent of the application (Bot).' }),
  reactions: z.boolean().default(false).meta({
    title: 'Read who reacted',
    description: 'Asks once more for each emoji of a message: the first 5 emoji, the first 100 people of each.',
  }),
  apiUrl: z
    .url({ protocol: /^https?$/ })
    .default('https://discord.com/api/v10')
    .meta({ title: 'API address', description: 'Where Discord answers.', advanced: true }),
});

export type DiscordSettings = z.infer<typeof discordSettings>;
export type DiscordIo = ConnectorIo<DiscordSettings>;

/** The first millisecond of Discord's ids (discord.com/developers/docs/reference#snowflakes). */
const epoch = 1_420_070_400_000;

/** The lowest id of that time: what comes after it was made since. */
export function snowflakeAt(at: Date): string {
  return String(BigInt(Math.max(0, at.getTime() - epoch)) << 22n);
}

/** Ids are numbers beyond what a double holds; the longer one is the larger. */
export function isAfter(a: string, b: string | undefined): boolean {
  return b === undefined || (a.length === b.length ? a > b : a.length > b.length);
}

export function pageUrl({ server }: Pick<DiscordSettings, 'server'>, channel: string, message?: string): string {
  return `https://discord.com/channels/${server}/${channel}${message === undefined ? '' : `/${message}`}`;
}
