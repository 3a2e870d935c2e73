import { z } from 'zod';
import { timeText } from '../kit/time.ts';

/** Ids of reviews and comments have left 32 bits. */
const id = z.int().positive();
const number = z.int().positive().max(2_147_483_647);
const text = z.string().nullish();
const time = timeText;

const account = z.object({ login: z.string().max(300).optional(), id: id.optional(), type: text, html_url: text, avatar_url: text });

/** Null, empty or without a name where the account is gone. */
const user = account.nullish();

/** Added to each item from its place or from the webhook: the list of a repository does not repeat whose it is. */
const repository = z.object({ id, full_name: z.string().min(3).max(250) });

const label = z.union([z.string(), z.object({ name: text })]);
const labels = z.array(label).nullish();

export const issueRecord = z.object({
  id,
  number,
  repository,
  title: z.string(),
  body: text,
  user,
  state: z.enum(['open', 'closed']),
  html_url: text,
  labels,
  milestone: z.object({ title: text }).nullish(),
  created_at: time,
  updated_at: time,
  closed_at: time.nullish(),
});

export const pullRecord = issueRecord.extend({ merged_at: time.nullish(), merged: z.boolean().nullish() });

export const eventRecord = z.object({
  id,
  repository,
  event: z.string().max(60),
  actor: user,
  created_at: time,
  label: z.object({ name: text }).nullish(),
  state_reason: text,
  issue: z.object({ number, title: text, html_url: text, pull_request: z.object({}).nullish() }),
});

const comment = z.object({ id, repository, body: text, user, html_url: text, created_at: time, updated_at: time });

/** Where a REST address ends in a number: `…/issues/12`. */
const numbered = z.string().regex(/\/\d{1,10}$/, 'does not end in a number');

export const commentRecord = comment.extend({ issue_url: numbered });
export const reviewCommentRecord = comment.extend({ pull_request_url: numbered });

export const reviewRecord = z.object({
  id,
  repository,
  body: text,
  user,
  state: z.string().max(60),
  html_url: text,
  submitted_at: time.nullish(),
  /** Added: a review names its pull request by address only. */
  pull_request: z.object({ number, html_url: text, user }),
});

export const starRecord = z.object({ repository, starred_at: time, user: account.required({ login: true, id: true }) });

export const forkRecord = z.object({ id, repository, full_name: z.string(), html_url: text, owner: user, created_at: time });

export const releaseRecord = z.object({
  id,
  repository,
  tag_name: z.string(),
  name: text,
  body: text,
  html_url: text,
  author: user,
  draft: z.boolean().nullish(),
  prerelease: z.boolean().nullish(),
  published_at: time.nullish(),
});

const category = z.object({ name: text, is_answerable: z.boolean().nullish() }).nullish();

export const discussionRecord = z.object({
  item: z.literal('discussion'),
  id,
  number,
  repository,
  title: z.string(),
  body: text,
  user,
  html_url: text,
  state: text,
  category,
  labels,
  created_at: time,
  updated_at: time,
  closed_at: time.nullish(),
  answer_chosen_at: time.nullish(),
  answer: z.object({ id, user, html_url: text }).nullish(),
});

export const discussionCommentRecord = comment.extend({
  item: z.literal('comment'),
  parent_id: id.nullish(),
  discussion: z.object({ number, html_url: text, category }),
});

export const profileRecord = z.object({
  id,
  login: z.string().min(1).max(300),
  type: text,
  html_url: text,
  avatar_url: text,
  name: text,
  company: text,
  location: text,
  bio: text,
  blog: text,
  email: text,
  twitter_username: text,
});

export type User = z.infer<typeof user>;
export type Repository = z.infer<typeof repository>;
export type Labels = z.infer<typeof labels>;
