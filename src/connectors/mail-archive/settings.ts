import path from 'node:path';
import { z } from 'zod';
import type { ConnectorIo } from '../contract.ts';

export const mailSettings = z.object({
  path: z
    .string()
    .trim()
    .min(1, 'enter the path of a file or folder')
    .max(4000)
    .refine((text) => !text.includes('\0'), 'must not hold control characters')
    .refine((text) => path.isAbsolute(text), 'is a full path: it begins with "/"')
    .meta({
      title: 'File or folder',
      description: 'An mbox file, a folder of mbox files, or a Maildir on this machine; mbox files also compressed (.gz).',
    }),
  list: z.string().trim().max(200).optional().meta({
    title: 'Mailing list',
    description: 'Its name, where the archive has another: dev@lists.example.org. Names without an address count within it.',
  }),
  webArchive: z
    .string()
    .trim()
    .max(1000)
    .regex(/^https?:\/\/[^\s]+\{id\}/, 'is an address that holds {id}')
    .optional()
    .meta({
      title: 'Web archive',
      description:
        'Address of a message, with {id} for its Message-ID: https://lore.kernel.org/example/{id}/. Messages that name theirs (Archived-At) need none.',
      advanced: true,
    }),
});

export type MailSettings = z.infer<typeof mailSettings>;
export type MailIo = ConnectorIo<MailSettings>;

export function archiveName({ list, path: target }: Pick<MailSettings, 'list' | 'path'>): string {
  return list ?? (path.basename(target).replace(/\.(?:mbox|mbx|gz|txt)/g, '') || target);
}
