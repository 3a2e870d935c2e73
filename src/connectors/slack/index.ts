import { z } from 'zod';
import type { CheckLine } from '../contract.ts';
import { defineConnector } from '../kit/define.ts';
import { sourceRefused, tried } from '../kit/failures.ts';
import { call } from './api.ts';
import { deliveries } from './deliveries.ts';
import { messages } from './messages.ts';
import { people } from './people.ts';
import type { Channel } from './read-messages.ts';
import { listChannels } from './read-messages.ts';
import type { SlackIo } from './settings.ts';
import { slackSettings } from './settings.ts';
import { webhook } from './webhook.ts';

export const slack = defineConnector({
  name: 'slack',
  title: 'Slack',
  summary: 'Reads messages, threads, reactions, joins and people of a Slack workspace, and posts there.',
  settings: slackSettings,
  nameOf: ({ workspace }) => workspace,
  everyMinutes: 30,
  authorize: ({ token }) => ({ headers: { authorization: `Bearer ${token}` } }),
  requestsPerSecond: 1,
  check,
  streams: [messages, people],
  webhook,
  deliveries,
});

async function check(io: SlackIo): Promise<CheckLine[]> {
  const lines: CheckLine[] = [
    await tried('Use the token', async () => {
      const { data } = await call(io, 'auth.test', {}, z.object({ url: z.string(), team: z.string(), user: z.string() }));
      const host = URL.canParse(data.url) ? new URL(data.url).host : data.url;
      if (host !== io.settings.workspace)
        throw sourceRefused(
          'slack.workspace',
          `The token belongs to ${host}, not to ${io.settings.workspace}. Enter that as the workspace.`,
        );
      return `It is ${data.user} in ${data.team}.`;
    }),
  ];
  if (lines[0]?.ok !== true) return lines;
  let channels: Channel[] = [];
  lines.push(
    await tried('Find channels', async () => {
      channels = await listChannels(io);
      if (channels.length === 0)
        throw sourceRefused('slack.channel', 'The app is in no channel. Invite it where it shall read: /invite @its-name.');
      return `${channels.length} channels: ${channels
        .slice(0, 10)
        .map(({ id, name }) => (name === undefined ? id : `#${name}`))
        .join(', ')}${channels.length > 10 ? ', …' : ''}.`;
    }),
  );
  const [first] = channels;
  if (first !== undefined) {
    lines.push(
      await tried('Read messages', async () => {
        await call(io, 'conversations.history', { channel: first.id, limit: 1 }, z.object({ messages: z.array(z.unknown()) }));
        return `Messages of ${first.name === undefined ? first.id : `#${first.name}`} can be read.`;
      }),
    );
  }
  lines.push(
    await tried('See people', async () => {
      const { answer } = await call(io, 'users.list', { limit: 1 }, z.object({ members: z.array(z.unknown()) }));
      const scopes = answer.headers['x-oauth-scopes']?.split(',').map((scope) => scope.trim());
      return scopes === undefined || scopes.includes('users:read.email')
        ? 'Names and e-mail addresses can be read.'
        : 'Names can be read; e-mail addresses cannot. Add the scope users:read.email so that people are known elsewhere by their address.';
    }),
  );
  return lines;
}
