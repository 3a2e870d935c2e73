import { z } from 'zod';
import type { ConnectorIo } from '../contract.ts';

export const youtubeSettings = z
  .object({
    channel: z
      .string()
      .trim()
      .overwrite((text) => text.replace(/^https?:\/\/(?:www\.)?youtube\.com\/(?:channel\/)?/i, '').replace(/[/?].*$/, ''))
      .regex(/^(?:UC[\w-]{22}|@[\w.·-]{3,60})$/, 'is a handle such as @example, or an id that begins with UC')
      .optional()
      .meta({ title: 'Channel', description: 'Its handle (@example) or id (UC…): all its uploads are read. Or name playlists below.' }),
    playlists: z
      .array(
        z
          .string()
          .trim()
          .regex(/^[\w-]{10,60}$/, 'is the id of a playlist, such as PL…'),
      )
      .max(100)
      .default([])
      .meta({ title: 'Playlists', description: 'Ids of playlists to read beside the uploads, or instead of them.' }),
    key: z
      .string()
      .trim()
      .regex(/^[\w-]{20,100}$/, 'is not an API key')
      .meta({ title: 'API key', description: 'Of a Google Cloud project in which the YouTube Data API v3 is enabled.', secret: true }),
    comments: z
      .boolean()
      .default(true)
      .meta({ title: 'Read comments', description: 'Comments and their replies, of videos where their number changed.' }),
    apiUrl: z
      .url({ protocol: /^https?$/ })
      .default('https://www.googleapis.com/youtube/v3')
      .meta({ title: 'API address', description: 'Where YouTube answers.', advanced: true }),
  })
  .superRefine(({ channel, playlists }, context) => {
    if (channel === undefined && playlists.length === 0)
      context.addIssue({ code: 'custom', path: ['channel'], message: 'name a channel or a playlist' });
  });

export type YoutubeSettings = z.infer<typeof youtubeSettings>;
export type YoutubeIo = ConnectorIo<YoutubeSettings>;
