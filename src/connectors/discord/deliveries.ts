import { z } from 'zod';
import type { Delivered, DeliveryTarget, Json, Picture } from '../contract.ts';
import { defineDelivery } from '../kit/define.ts';
import { sourceRefused } from '../kit/failures.ts';
import { act, get } from './api.ts';
import type { DiscordIo } from './settings.ts';
import { pageUrl } from './settings.ts';

const text = z
  .string()
  .trim()
  .min(1)
  .max(2000)
  .meta({ title: 'Text', description: 'Discord’s Markdown, at most 2,000 characters.', multiline: true });
const reason = z.string().trim().max(300).optional().meta({ title: 'Reason', description: 'Stands in the server’s audit log.' });
const role = z.string().trim().min(1).max(100).meta({ title: 'Role', description: 'Name or id. It must stand below the bot’s own role.' });
const sent = z.object({ id: z.string(), channel_id: z.string() });

const post = defineDelivery({
  name: 'post',
  title: 'Post a message',
  summary: 'Posts a message in a channel or thread.',
  on: 'source',
  input: z.object({
    channel: z
      .string()
      .trim()
      .regex(/^\d{15,21}$/, 'is an id of Discord: 15 to 21 digits')
      .meta({ title: 'Channel', description: 'Its id: right-click it, "Copy Channel ID".' }),
    text,
  }),
  pictures: true,
  deliver: (io: DiscordIo, _, input, pictures) => send(io, input.channel, input.text, undefined, pictures),
});

const reply = defineDelivery({
  name: 'reply',
  title: 'Reply in the thread',
  summary: 'Answers in the thread or forum post; takes it out of the archive.',
  on: 'thread',
  input: z.object({ text }),
  async deliver(io: DiscordIo, { thread }, input) {
    const id = thread?.externalId ?? '';
    if (!/^\d{15,21}$/.test(id))
      throw sourceRefused('discord.thread', 'This conversation is no thread in Discord. Reply to one of its messages instead.');
    return send(io, id, input.text);
  },
});

const replyToMessage = defineDelivery({
  name: 'reply_to_message',
  title: 'Reply to the message',
  summary: 'Answers a message where it was written.',
  on: 'activity',
  input: z.object({ text }),
  async deliver(io: DiscordIo, { activity }, input) {
    const found = z.object({ channel: z.object({ id: z.string() }), message: z.object({ id: z.string() }) }).safeParse(activity?.record);
    if (!found.success) throw sourceRefused('discord.message', 'This is no message in Discord: there is nothing to reply to.');
    const { channel, message } = found.data;
    return send(io, channel.id, input.text, { message_id: message.id, fail_if_not_exists: false });
  },
});

/** At most 28 days: discord.com/developers/docs/resources/guild#modify-guild-member */
const timeout = defineDelivery({
  name: 'timeout',
  title: 'Time out',
  summary: 'Keeps somebody from writing and reacting for a while.',
  on: 'person',
  input: z.object({
    minutes: z.coerce.number().int().min(1).max(40_320).meta({ title: 'Minutes', description: 'At most 40,320: 28 days.' }),
    reason,
  }),
  async deliver(io: DiscordIo, target, input) {
    const until = new Date(io.now().getTime() + input.minutes * 60_000).toISOString();
    const json = { communication_disabled_until: until };
    await act(io, 'PATCH', memberPath(io, target), { json, reason: input.reason }, z.unknown());
    return { detail: `Until ${until.slice(0, 16).replace('T', ' ')} UTC.` };
  },
});

const ban = defineDelivery({
  name: 'ban',
  title: 'Ban',
  summary: 'Bans somebody from the server.',
  on: 'person',
  input: z.object({
    deleteHours: z.coerce
      .number()
      .int()
      .min(0)
      .max(168)
      .default(0)
      .meta({ title: 'Delete messages of the last hours', description: 'At most 168: a week.' }),
    reason,
  }),
  async deliver(io: DiscordIo, target, input) {
    const json = { delete_message_seconds: input.deleteHours * 3600 };
    await act(io, 'PUT', `/guilds/${io.settings.server}/bans/${userId(target)}`, { json, reason: input.reason }, z.unknown());
    return {};
  },
});

const giveRole = defineDelivery({
  name: 'give_role',
  title: 'Give a role',
  summary: 'Gives somebody a role of the server.',
  on: 'person',
  input: z.object({ role, reason }),
  deliver: (io: DiscordIo, target, input) => changeRole(io, 'PUT', target, input),
});

const takeRole = defineDelivery({
  name: 'take_role',
  title: 'Take a role',
  summary: 'Takes a role of the server from somebody.',
  on: 'person',
  input: z.object({ role, reason }),
  deliver: (io: DiscordIo, target, input) => changeRole(io, 'DELETE', target, input),
});

export const deliveries = [post, reply, replyToMessage, timeout, ban, giveRole, takeRole];

/** Nobody is called by what we post: a text may hold @everyone. */
async function send(
  io: DiscordIo,
  channel: string,
  content: string,
  reference?: Json,
  pictures: readonly Picture[] = [],
): Promise<Delivered> {
  const json = { content, allowed_mentions: { parse: [] }, ...(reference === undefined ? {} : { message_reference: reference }) };
  const body = pictures.length === 0 ? { json } : { form: withPictures(json, pictures) };
  const done = await act(io, 'POST', `/channels/${channel}/messages`, body, sent);
  return { url: pageUrl(io.settings, done.channel_id, done.id) };
}

/** The message as `payload_json`, each picture as `files[n]`: discord.com/developers/docs/reference#uploading-files */
function withPictures(message: Record<string, Json>, pictures: readonly Picture[]): FormData {
  const form = new FormData();
  const attachments = pictures.map(({ name, alt }, id) => ({ id, filename: name, description: alt.slice(0, 1024) }));
  form.set('payload_json', JSON.stringify({ ...message, attachments }));
  for (const [id, { name, mediaType, content }] of pictures.entries())
    form.set(`files[${id}]`, new Blob([new Uint8Array(content)], { type: mediaType }), name);
  return form;
}

async function changeRole(
  io: DiscordIo,
  method: 'PUT' | 'DELETE',
  target: DeliveryTarget,
  input: { role: string; reason?: string | undefined },
): Promise<Delivered> {
  const path = memberPath(io, target);
  const roles = await get(io, `/guilds/${io.settings.server}/roles`, {}, z.array(z.object({ id: z.string(), name: z.string() })));
  const wanted = input.role.replace(/^@/, '').toLowerCase();
  const found = roles.filter(({ id, name }) => id === wanted || name.toLowerCase() === wanted);
  const [only] = found;
  if (only === undefined || found.length > 1) {
    const known = roles
      .map(({ name }) => name)
      .join(', ')
      .slice(0, 300);
    throw sourceRefused(
      'discord.role',
      `${found.length === 0 ? 'No role' : 'More than one role'} is called "${input.role}". There are: ${known}.`,
    );
  }
  await act(io, method, `${path}/roles/${only.id}`, { reason: input.reason }, z.unknown());
  return { detail: only.name };
}

function memberPath(io: DiscordIo, target: DeliveryTarget): string {
  return `/guilds/${io.settings.server}/members/${userId(target)}`;
}

function userId({ person }: DeliveryTarget): string {
  const id = person?.platform === 'discord' ? person.platformUserId : undefined;
  if (id === undefined || !/^\d{1,21}$/.test(id))
    throw sourceRefused(
      'discord.person',
      'Discord’s id of this person is not known: it comes with the first message or the list of members.',
    );
  return id;
}
