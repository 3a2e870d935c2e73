import { z } from 'zod';
import type { Derived, ThreadDraft } from '../contract.ts';
import { defineStream } from '../kit/define.ts';
import { personOfEmail } from '../kit/people.ts';
import { cleanName, htmlToText, webUrl } from '../kit/text.ts';
import { absurdTime, plausibleOffset } from '../kit/time.ts';
import { readMessages } from './read-messages.ts';
import type { MailSettings } from './settings.ts';
import { archiveName } from './settings.ts';
import { ownText, plainSubject } from './text.ts';

const id = z.string().min(1).max(400);

const mailRecord = z.object({
  id,
  /** Milliseconds since 1970. */
  at: z.number().superRefine((at, context) => {
    const why = absurdTime(at);
    if (why !== undefined) context.addIssue(why);
  }),
  offset: z.number().optional(),
  from: z.object({ name: z.string(), address: z.string() }),
  subject: z.string().optional(),
  references: z.array(id).optional(),
  inReplyTo: z.array(id).optional(),
  listId: z.string().optional(),
  archivedAt: z.string().optional(),
  autoSubmitted: z.string().optional(),
  text: z.string().optional(),
  html: z.string().optional(),
});
type Mail = z.infer<typeof mailRecord>;

export const messages = defineStream({
  name: 'messages',
  title: 'Messages',
  order: 'oldest-first',
  record: mailRecord,
  externalId: (mail) => mail.id,
  pages: readMessages,
  derive,
});

function derive(mail: Mail, settings: MailSettings): Derived {
  const list = listOf(mail, settings);
  const { person, links } = personOfEmail(mail.from.name, mail.from.address, list);
  const subject = cleanName(mail.subject ?? '', 300);
  const text = mail.text === undefined ? htmlToText(mail.html ?? '') : ownText(mail.text);
  const url = webAddress(mail, settings);
  const parent = mail.references?.[0] ?? mail.inReplyTo?.[0];
  const offset = mail.offset === undefined ? undefined : plausibleOffset(mail.offset);
  const isAutomatic = mail.autoSubmitted !== undefined && !/^no\b/i.test(mail.autoSubmitted);
  return {
    activities: [
      {
        kind: parent === undefined ? 'post' : 'reply',
        at: mail.at,
        person,
        thread: threadOf(mail, parent, list, url),
        ...(isAutomatic ? { platformType: 'auto-submitted' } : {}),
        ...(offset === undefined ? {} : { offset }),
        ...(subject === '' ? {} : { title: subject }),
        ...(text === '' ? {} : { text }),
        ...(url === undefined ? {} : { url }),
      },
    ],
    ...(links.length === 0 ? {} : { links }),
  };
}

/** References begin with the message that began it (RFC 5322, 3.6.4). The same subject is no proof. */
function threadOf(mail: Mail, parent: string | undefined, list: string, url: string | undefined): ThreadDraft {
  const title = cleanName(plainSubject(mail.subject ?? ''), 300);
  return {
    externalId: parent ?? mail.id,
    kind: 'topic',
    labels: [list],
    ...(title === '' ? {} : { title }),
    ...(parent === undefined ? { opens: true, ...(url === undefined ? {} : { url }) } : {}),
  };
}

/** `dev.example.org` of `Developers <dev.example.org>` (RFC 2919), unless the settings name the list. */
function listOf(mail: Mail, settings: MailSettings): string {
  const id = /<([^<>\s]{1,200})>\s*$/.exec(mail.listId ?? '')?.[1] ?? '';
  return cleanName(settings.list ?? (id === '' ? archiveName(settings) : id));
}

function webAddress(mail: Mail, { webArchive }: MailSettings): string | undefined {
  const own = webUrl(/<?(https?:[^<>\s]+)>?/i.exec(mail.archivedAt ?? '')?.[1]);
  if (own !== undefined || webArchive === undefined || mail.id.startsWith('#')) return own;
  return webUrl(webArchive.replaceAll('{id}', encodeURIComponent(mail.id).replaceAll('%40', '@')));
}
