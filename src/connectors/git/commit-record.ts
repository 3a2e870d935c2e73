import { z } from 'zod';
import { absurdTime, earliestTime } from '../kit/time.ts';

const person = z.object({
  name: z.string(),
  email: z.string(),
  mapped: z.object({ name: z.string().optional(), email: z.string().optional() }).optional(),
  shared: z.literal(true).optional(),
});

const time = z.tuple([z.number(), z.number()]);

/** What is used of a commit. Its files are kept in the record, and counted in `touched`. */
export const commitRecord = z
  .object({
    sha: z.string().regex(/^[0-9a-f]{40,64}$/),
    parents: z.number().int().nonnegative(),
    author: person,
    authored: time,
    committer: person.optional(),
    committed: time,
    subject: z.string(),
    body: z.string().optional(),
    trailers: z.array(z.tuple([z.string(), person])).optional(),
    touched: z.number().int().nonnegative(),
    added: z.number().int().nonnegative(),
    removed: z.number().int().nonnegative(),
  })
  .superRefine((commit: CommitTimes & { sha: string }, context) => {
    for (const at of [commitTime(commit), Math.max(commit.committed[0] * 1000, earliestTime)]) {
      const why = absurdTime(at);
      if (why !== undefined) context.addIssue(`commit ${commit.sha.slice(0, 12)}: ${why}`);
    }
  });

export type CommitRecord = z.infer<typeof commitRecord>;

interface CommitTimes {
  authored: [number, number];
  committed: [number, number];
}

/**
 * When a commit was written, in milliseconds: the author's date. Where that is of a clock that was not set (git and its
 * converters write 0 then), the committer's stands in, so that no commit is lost and no chart begins in 1970.
 */
export function commitTime({ authored, committed }: CommitTimes): number {
  const at = authored[0] * 1000;
  return at < earliestTime ? committed[0] * 1000 : at;
}
