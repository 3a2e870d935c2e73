import { z } from 'zod';
import { timeText as time } from '../kit/time.ts';

// Of each item only what is used; GitLab gives far more, and all of it is kept raw.

const id = z.number().int().min(1).max(Number.MAX_SAFE_INTEGER);

/** A person as every list shows them. */
export const user = z.object({
  id,
  username: z.string().regex(/^[\w.-]{1,255}$/, 'is not the name of a GitLab account'),
  name: z.string().nullish(),
  avatar_url: z.string().nullish(),
});

export type User = z.infer<typeof user>;

/** Names, or whole labels when the list was asked for them. */
const labels = z.array(z.union([z.string(), z.object({ name: z.string() }).transform(({ name }) => name)])).nullish();

const workItem = {
  id,
  iid: id,
  title: z.string(),
  description: z.string().nullish(),
  author: user.nullish(),
  created_at: time,
  updated_at: time,
  closed_at: time.nullish(),
  labels,
  web_url: z.string().nullish(),
};

export const issueRecord = z.object({
  ...workItem,
  project_id: id,
  state: z.enum(['opened', 'closed']),
  closed_by: user.nullish(),
  issue_type: z.string().nullish(),
});

export const mergeRequestRecord = z.object({
  ...workItem,
  project_id: id,
  state: z.enum(['opened', 'closed', 'merged', 'locked']),
  merged_at: time.nullish(),
});

export const epicRecord = z.object({ ...workItem, group_id: id, state: z.enum(['opened', 'closed']) });

/** What belongs to an issue or merge request carries where it belongs, which GitLab's own item does not say in full. */
const parent = z.object({
  kind: z.enum(['issues', 'merge_requests']),
  project_id: id,
  iid: id,
  title: z.string(),
  web_url: z.string().nullish(),
});

export type Parent = z.infer<typeof parent>;

export const noteRecord = z.object({
  id,
  body: z.string(),
  author: user.nullish(),
  created_at: time,
  updated_at: time,
  system: z.boolean(),
  /** `DiffNote` stands in the code. */
  type: z.string().nullish(),
  parent,
});

export const labelEventRecord = z.object({
  id,
  user: user.nullish(),
  created_at: time,
  /** Null when the label is no more. */
  label: z.object({ name: z.string() }).nullish(),
  action: z.enum(['add', 'remove']),
  parent,
});

export const awardRecord = z.object({ id, name: z.string(), user: user.nullish(), created_at: time, parent });

const ofProject = z.object({ id, path: z.string(), web_url: z.string().nullish() });

export const starRecord = z.object({ starred_since: time, user, project: ofProject });

export const forkRecord = z.object({
  id,
  created_at: time,
  path_with_namespace: z.string(),
  web_url: z.string().nullish(),
  owner: user.nullish(),
  namespace: z.object({ kind: z.string(), path: z.string(), name: z.string().nullish() }).nullish(),
  project: ofProject,
});

export const releaseRecord = z.object({
  tag_name: z.string().min(1).max(370),
  name: z.string().nullish(),
  description: z.string().nullish(),
  released_at: time,
  author: user.nullish(),
  _links: z.object({ self: z.string().nullish() }).nullish(),
  project: ofProject,
});

/** A profile as GraphQL gives it. */
export const profileRecord = z.object({
  id: z.string().regex(/^gid:\/\/gitlab\/User\/\d{1,15}$/),
  username: user.shape.username,
  name: z.string().nullish(),
  avatarUrl: z.string().nullish(),
  bio: z.string().nullish(),
  location: z.string().nullish(),
  organization: z.string().nullish(),
  publicEmail: z.string().nullish(),
  bot: z.boolean().nullish(),
});
