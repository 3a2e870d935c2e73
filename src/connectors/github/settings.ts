import { z } from 'zod';
import type { ConnectorIo } from '../contract.ts';

const repositoryName = /^[\w.-]{1,100}\/[\w.-]{1,100}$/;

export const githubSettings = z
  .object({
    repositories: z
      .array(
        z
          .string()
          .trim()
          .transform((text) => text.replace(/^https?:\/\/[^/]+\//, '').replace(/(?:\.git)?\/*$/, ''))
          .pipe(z.string().regex(repositoryName, 'write each repository as owner/name')),
      )
      .max(500)
      .default([])
      .meta({
        title: 'Repositories',
        description: 'Each as owner/name. May be left empty when an owner is given.',
        examples: ['octocat/hello-world'],
      }),
    owner: z
      .string()
      .trim()
      .max(100)
      .regex(/^[\w.-]*$/, 'write the name as it stands in the address, without a slash')
      .optional()
      .meta({ title: 'Owner', description: 'An organization or a user: all repositories that the token may see, new ones included.' }),
    token: z.string().trim().max(500).optional().meta({
      title: 'Access token',
      description: 'Without one GitHub allows 60 requests an hour, and keeps reviews, discussions and profiles back.',
      secret: true,
    }),
    webhookSecret: z.string().max(200).optional().meta({
      title: 'Webhook secret',
      description: 'A long random text that you also enter at GitHub. Without it no webhook is accepted.',
      secret: true,
    }),
    apiUrl: z
      .url({ protocol: /^https?$/, error: 'enter an address that begins with https://' })
      .max(500)
      .default('https://api.github.com')
      .meta({
        title: 'API address',
        description: 'For GitHub Enterprise Server https://your.host/api/v3, for a data residency host https://api.your.ghe.com.',
        advanced: true,
      }),
    includeForks: z.boolean().default(false).meta({
      title: 'Read the owner’s forks too',
      description: 'Forks that the owner keeps of other projects. A repository that is named above is always read.',
      advanced: true,
    }),
  })
  .refine((settings) => settings.repositories.length > 0 || (settings.owner ?? '') !== '', {
    message: 'enter a repository or an owner',
    path: ['repositories'],
  });

export type GithubSettings = z.infer<typeof githubSettings>;
export type GithubIo = ConnectorIo<GithubSettings>;

/** What the settings must say of the host: enough for what derives people and addresses. */
export type Site = Pick<GithubSettings, 'apiUrl'>;

export function hasToken({ token }: Pick<GithubSettings, 'token'>): boolean {
  return token !== undefined && token !== '';
}

/** `path` begins with a slash. */
export function apiAddress({ apiUrl }: Site, path: string): string {
  return `${apiUrl.replace(/\/+$/, '')}${path}`;
}

/** Beside the REST API: https://docs.github.com/en/enterprise-server/graphql/guides/forming-calls-with-graphql */
export function graphqlAddress({ apiUrl }: Site): string {
  return `${apiUrl.replace(/\/+$/, '').replace(/\/api\/v3$/, '/api')}/graphql`;
}

/** The host of the pages, which accounts belong to: github.com, or the company's own. */
export function siteHost({ apiUrl }: Site): string {
  return new URL(apiUrl).host.replace(/^api\.(?=github\.com$|.+\.ghe\.com$)/, '');
}

/** `octocat/hello-world`, the owner, or both. */
export function nameOf({ owner, repositories }: GithubSettings): string {
  const [first, ...more] = repositories;
  const named = first === undefined ? [] : [more.length === 0 ? first : `${first} and ${more.length} more`];
  return [...(owner === undefined || owner === '' ? [] : [owner]), ...named].join(', ');
}
