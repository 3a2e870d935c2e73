import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Derived, Json, Page } from '../contract.ts';
import { defineStream } from '../kit/define.ts';
import { cleanName } from '../kit/text.ts';
import { absurdTime, earliestTime } from '../kit/time.ts';
import { latin1OrUtf8 } from './decode.ts';
import { gitPerson } from './derive-commit.ts';
import { parseMailmap } from './mailmap.ts';
import type { Mailmap } from './mailmap.ts';
import { runGit } from './process.ts';
import { openRepository, readMailmap } from './repository.ts';
import type { GitIo, GitSettings } from './settings.ts';
import { repositoryName, tagUrl } from './settings.ts';

const tagRecord = z
  .object({
    tag: z.string().min(1).max(400),
    commit: z.string(),
    name: z.string(),
    email: z.string(),
    mapped: z.object({ name: z.string().optional(), email: z.string().optional() }).optional(),
    shared: z.literal(true).optional(),
    /** Seconds since 1970. */
    at: z.number(),
    subject: z.string(),
  })
  .superRefine((tag, context) => {
    const why = absurdTime(tag.at * 1000);
    if (why !== undefined) context.addIssue(`tag ${tag.tag}: ${why}`);
  });

// Of a tag object its own fields; of a plain tag, the commit that it points to.
const fields = [
  'refname:strip=2',
  'objecttype',
  '*objecttype',
  'objectname',
  '*objectname',
  'taggername',
  'taggeremail:trim',
  'taggerdate:unix',
  'authorname',
  'authoremail:trim',
  'committerdate:unix',
  '*authorname',
  '*authoremail:trim',
  '*committerdate:unix',
  'contents:subject',
];
const pageTags = 2000;

/** Tags as releases: by who made the tag, or the author of the commit where the tag does not say. */
export const tags = defineStream({
  name: 'tags',
  title: 'Tags',
  order: 'snapshot',
  record: tagRecord,
  externalId: (tag) => tag.tag,
  async *pages(io: GitIo, cursor: Json | undefined): AsyncGenerator<Page> {
    const repository = await openRepository(io);
    const listing = await runGit(io, repository.run, [
      'for-each-ref',
      `--format=${fields.map((field) => `%(${field})`).join('%00')}`,
      'refs/tags',
    ]);
    const mailmapBytes = await readMailmap(io, repository);
    const seen = createHash('sha256').update(listing).update(mailmapBytes).digest('hex').slice(0, 16);
    if (cursor === seen) return;
    const mailmap = parseMailmap(mailmapBytes);
    const items = latin1OrUtf8(listing)
      .split('\n')
      .flatMap((line) => readTag(line, mailmap, io.since));
    for (let at = 0; at < items.length; at += pageTags) {
      const isLast = at + pageTags >= items.length;
      yield { items: items.slice(at, at + pageTags), cursor: isLast ? seen : { page: at }, total: items.length };
    }
  },
  derive: deriveTag,
});

function readTag(line: string, mailmap: Mailmap, since: Date | undefined): Json[] {
  const [
    tag = '',
    type = '',
    pointed = '',
    object = '',
    target = '',
    tagger = '',
    taggerEmail = '',
    tagged = '',
    author = '',
    authorEmail = '',
    committed = '',
    itsAuthor = '',
    itsEmail = '',
    itsCommitted = '',
    subject = '',
  ] = line.split('\0');
  // Tags may also name files and trees (keys, notes): those are no releases.
  if ((type === 'tag' ? pointed : type) !== 'commit') return [];
  const name = tagger || itsAuthor || author;
  const email = taggerEmail || itsEmail || authorEmail;
  const at = [tagged, itsCommitted, committed].map(Number).find((seconds) => seconds * 1000 >= earliestTime) ?? 0;
  if (since !== undefined && at * 1000 < since.getTime()) return [];
  const mapped = mailmap.lookup(name, email);
  return [
    {
      tag,
      commit: target || object,
      name,
      email,
      ...(mapped === undefined ? {} : { mapped: { ...mapped } }),
      ...(mailmap.isShared(email) ? { shared: true } : {}),
      at,
      subject,
    },
  ];
}

function deriveTag(tag: z.infer<typeof tagRecord>, settings: GitSettings): Derived {
  const { person, proof } = gitPerson(tag, repositoryName(settings));
  const url = tagUrl(settings, tag.tag);
  const title = cleanName(tag.tag, 300);
  const text = cleanName(tag.subject, 1000);
  return {
    activities: [
      {
        kind: 'release',
        platformType: 'tag',
        at: tag.at * 1000,
        person,
        title,
        ...(text === '' || text === title ? {} : { text }),
        ...(url === undefined ? {} : { url }),
      },
    ],
    ...(proof.length === 0 ? {} : { links: proof }),
  };
}
