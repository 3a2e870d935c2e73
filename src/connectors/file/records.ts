import { z } from 'zod';
import { activityKinds } from '../contract.ts';
import { absurdTime, readTime } from '../kit/time.ts';

const kinds = new Set<string>(activityKinds);
const word = z.string().max(500).optional();
const long = z.string().optional();

const person = {
  /** Given, or a hash of the row. */
  id: z.string().min(1).max(380),
  email: z.string().max(2000).optional(),
  platform: z.string().max(50).optional(),
  host: z.string().max(255).optional(),
  account: z.string().max(255).optional(),
  accountId: z.string().max(255).optional(),
  name: word,
};

/** A day, as `2024-03-01` or any date that begins so. */
const day = z
  .string()
  .regex(/^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])(?:$|[T ])/, 'is not a day such as 2024-03-01')
  .optional();

const activity = z.object({
  row: z.literal('activity'),
  ...person,
  kind: z.string().refine((kind) => kinds.has(kind), {
    error: ({ input }) => `"${String(input).slice(0, 60)}" is not a kind of activity: use one of ${activityKinds.join(', ')}`,
  }),
  at: z.union([z.string(), z.number()]).superRefine((at, context) => {
    const why = absurdTime(readTime(at));
    if (why !== undefined) context.addIssue(`${why} (${String(at).slice(0, 60)})`);
  }),
  thread: z.string().max(400).optional(),
  title: long,
  text: long,
  url: long,
  value: z.number().optional(),
  organization: word,
});

const accounts = z.record(z.string(), z.string().max(255)).optional();

const member = z.object({
  row: z.literal('member'),
  ...person,
  accounts,
  avatar: long,
  location: word,
  bio: long,
  url: long,
  organization: word,
  role: word,
  from: day,
  to: day,
});

const organization = z.object({
  row: z.literal('organization'),
  id: person.id,
  name: z.string({ error: 'an organization needs a name' }).trim().min(1).max(300),
  domains: z.string().max(4000).optional(),
  type: z.enum(['company', 'university', 'project', 'ours']).optional(),
  url: long,
  customerId: word,
  annualRecurringRevenue: z.number().nonnegative().optional(),
});

const affiliation = z.object({
  row: z.literal('affiliation'),
  ...person,
  accounts,
  organization: z.string({ error: 'an affiliation needs an organization' }).trim().min(1).max(300),
  role: word,
  from: day,
  to: day,
});

/** One row of a file, by the fields that its columns were mapped to. */
export const fileRecord = z.discriminatedUnion('row', [activity, member, organization, affiliation]).superRefine((record, context) => {
  if (record.row === 'organization') return;
  const hasAccount =
    (record.account !== undefined && record.platform !== undefined) ||
    ('accounts' in record && record.accounts !== undefined && Object.keys(record.accounts).length > 0);
  if (record.account !== undefined && record.platform === undefined)
    context.addIssue('the account needs a platform: add a column "platform", or set it for the whole file');
  else if (!hasAccount && record.email === undefined && record.name === undefined)
    context.addIssue('the row names nobody: it needs an e-mail address, an account or a name');
  if (record.row !== 'activity' && record.from !== undefined && record.to !== undefined && record.from > record.to)
    context.addIssue(`it ends (${record.to}) before it begins (${record.from})`);
});

export type FileRecord = z.infer<typeof fileRecord>;
