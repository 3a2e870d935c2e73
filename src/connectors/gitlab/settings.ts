import { z } from 'zod';
import type { ConnectorIo } from '../contract.ts';

const pathText = z
  .string()
  .trim()
  .max(500)
  .regex(/^[\w.-]+(?:\/[\w.-]+)*$/, 'enter the path as it stands in the address, without the site: gitlab-org/gitlab');

export const gitlabSettings = z
  .object({
    url: z
      .url({ protocol: /^https?$/, error: 'enter an address that begins with https://' })
      .max(1000)
      .refine((text) => !/^https?:\/\/[^/]*@/.test(text), 'must not hold a user name or token: use the field for it')
      .default('https://gitlab.com')
      .meta({ title: 'Site', description: 'The GitLab that is read: https://gitlab.com, or your own.' }),
    group: pathText.optional().meta({
      title: 'Group',
      description: 'Path of a group, such as gitlab-org: all its projects and subgroups are read.',
      examples: ['gitlab-org'],
    }),
    projects: z
      .array(pathText)
      .max(200)
      .default([])
      .meta({ title: 'Projects', description: 'Paths of single projects, beside the group or instead of it: gitlab-org/cli.' }),
    token: z.string().trim().max(2000).optional().meta({
      title: 'Access token',
      description:
        'With the scope read_api, or api to also comment, label and close. Without one, GitLab shows no comments or label changes.',
      secret: true,
    }),
    webhookSecret: z.string().trim().max(500).optional().meta({
      title: 'Webhook secret',
      description: 'The secret token or the signing token (whsec_…) of the webhook, so that news arrives at once.',
      secret: true,
    }),
    confidential: z.boolean().default(false).meta({
      title: 'Confidential too',
      description: 'Also read confidential issues and internal notes that the token may see. Everyone here can then read them.',
      advanced: true,
    }),
    profiles: z.number().int().min(0).max(20_000).default(2000).meta({
      title: 'Profiles',
      description: 'Of how many people the public profile (location, organization) is read; the most recently active ones.',
      advanced: true,
    }),
  })
  .refine(({ group, projects }) => group !== undefined || projects.length > 0, {
    error: 'name a group or at least one project',
    path: ['group'],
  });

export type GitlabSettings = z.infer<typeof gitlabSettings>;
export type GitlabIo = ConnectorIo<GitlabSettings>;

/** A part of the site that is read by itself: one that is gone does not stop the others. */
export interface Scope {
  kind: 'group' | 'project';
  path: string;
  /** Where it lies in the API: `groups/gitlab-org`. */
  api: string;
}

export function scopesOf({ group, projects }: Pick<GitlabSettings, 'group' | 'projects'>): Scope[] {
  const scope = (kind: Scope['kind'], path: string): Scope => ({ kind, path, api: `${kind}s/${encodeURIComponent(path)}` });
  return [...(group === undefined ? [] : [scope('group', group)]), ...[...new Set(projects)].map((path) => scope('project', path))];
}

export function hostOf({ url }: Pick<GitlabSettings, 'url'>): string {
  return new URL(url).host;
}

/** The site's address without a slash at its end. */
export function siteOf({ url }: Pick<GitlabSettings, 'url'>): string {
  return url.replace(/\/+$/, '');
}

/** `gitlab-org`, `gitlab-org/cli and 2 more`. */
export function nameOf({ group, projects }: Pick<GitlabSettings, 'group' | 'projects'>): string {
  const [first = 'GitLab', ...others] = [...(group === undefined ? [] : [group]), ...projects];
  return others.length === 0 ? first : `${first} and ${others.length} more`;
}
