import { z } from 'zod';
import type { ConnectorIo } from '../contract.ts';

export const slackSettings = z.object({
  workspace: z
    .string()
    .trim()
    .toLowerCase()
    .overwrite((text) => text.replace(/^https?:\/\//, '').replace(/\/.*$/, ''))
    .regex(/^[a-z\d][a-z\d-]{0,80}(?:\.enterprise)?\.slack(?:-gov)?\.com$/, 'is an address such as example.slack.com')
    .meta({ title: 'Workspace', description: 'Its address: example.slack.com.' }),
  token: z
    .string()
    .trim()
    .regex(/^xox[a-z][\w.-]{1,500}$/, 'begins with xoxb-')
    .meta({ title: 'Bot token', description: 'Of the app that you made for Rapport; begins with xoxb-.', secret: true }),
  signingSecret: z.string().trim().min(8).max(200).optional().meta({
    title: 'Signing secret',
    description: 'Of the same app (Basic Information), so that messages arrive at once. Without it they are read on schedule.',
    secret: true,
  }),
  channels: z
    .array(
      z
        .string()
        .trim()
        .regex(/^[CG][A-Z\d]{1,30}$/, 'is a channel id such as C0123456789'),
    )
    .max(500)
    .default([])
    .meta({ title: 'Channels', description: 'Ids of the channels to read. Empty: all that the bot was invited to.' }),
  lookBackDays: z.int().min(0).max(60).default(7).meta({
    title: 'Days to look back',
    description: 'How far behind the last message each reading looks again for new replies, reactions and edits.',
    advanced: true,
  }),
  apiUrl: z
    .url({ protocol: /^https?$/ })
    .default('https://slack.com/api')
    .meta({ title: 'API address', description: 'Where Slack answers; for GovSlack https://slack-gov.com/api.', advanced: true }),
});

export type SlackSettings = z.infer<typeof slackSettings>;
export type SlackIo = ConnectorIo<SlackSettings>;

/** The page of a message. Slack keeps the time without its dot in the path. */
export function messageUrl({ workspace }: Pick<SlackSettings, 'workspace'>, channel: string, ts: string, threadTs?: string): string {
  const page = `https://${workspace}/archives/${channel}/p${ts.replace('.', '')}`;
  return threadTs === undefined || threadTs === ts ? page : `${page}?thread_ts=${threadTs}&cid=${channel}`;
}

export function isWantedChannel(settings: Pick<SlackSettings, 'channels'>, id: string): boolean {
  return settings.channels.length === 0 || settings.channels.includes(id);
}
