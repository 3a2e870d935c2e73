import { hash } from 'node:crypto';
import { z } from 'zod';
import type { HttpAnswer, Json, Page } from '../contract.ts';
import { defineStream } from '../kit/define.ts';
import { codeOf, sourceFailed, sourceRefused } from '../kit/failures.ts';
import { githubGet, linksOf } from './api.ts';
import type { GithubIo, GithubSettings } from './settings.ts';
import { apiAddress } from './settings.ts';
import type { Step } from './walks.ts';

const repositoryRecord = z.object({
  id: z.int().positive(),
  full_name: z.string().min(3).max(250),
  /** Added: how the settings name it, where that differs. */
  asked: z.string().min(1).max(250),
});

export interface Repository {
  id: number;
  /** As it is called now. */
  fullName: string;
  /** As the settings call it. */
  asked: string;
  stars: number;
  isPrivate: boolean;
  raw: { [key: string]: Json };
}

interface Found {
  repositories: Repository[];
  /** What could not be read in this run, by the name that was asked for. */
  failures: Map<string, string[]>;
  /** Of a classic token: https://docs.github.com/en/apps/oauth-apps/building-oauth-apps/scopes-for-oauth-apps */
  scopes: string[];
}

/** All streams of a run read the same repositories: they are looked up once for it. */
const found = new WeakMap<GithubIo, Promise<Found>>();

/** Errors: `github.token`; `source.gone` and `github.permission` when there is nothing at all to read. */
export function findRepositories(io: GithubIo): Promise<Found> {
  const known = found.get(io);
  if (known !== undefined) return known;
  const finding = find(io);
  found.set(io, finding);
  finding.catch(() => found.delete(io));
  return finding;
}

async function find(io: GithubIo): Promise<Found> {
  const { owner, repositories: names } = io.settings;
  const all = new Map<number, Repository>();
  const failures: Found['failures'] = new Map();
  let scopes: string[] = [];
  for (const name of names) {
    await skipping(failures, name, async () => {
      const answer = await githubGet(io, apiAddress(io.settings, `/repos/${name}`), `repository ${name}`);
      scopes = (answer.headers['x-oauth-scopes'] ?? '').split(/[,\s]+/).filter((scope) => scope !== '');
      const repository = repositoryOf(answer.json(), name);
      if (repository === undefined) throw notGithub(answer, `repository ${name}`);
      all.set(repository.id, repository);
    });
  }
  if (owner !== undefined && owner !== '') {
    await skipping(failures, owner, async () => {
      for (const repository of await ownedBy(io, owner)) if (!all.has(repository.id)) all.set(repository.id, repository);
    });
  }
  const [why] = [...failures.values()].flat();
  if (all.size === 0 && why !== undefined) throw sourceRefused('source.gone', why);
  return { repositories: [...all.values()].toSorted((a, b) => a.id - b.id), failures, scopes };
}

async function ownedBy(io: GithubIo, owner: string): Promise<Repository[]> {
  const account = await githubGet(io, apiAddress(io.settings, `/users/${owner}`), `organization or user ${owner}`);
  const isOrganization = z.object({ type: z.literal('Organization') }).safeParse(account.json()).success;
  const path = isOrganization ? `/orgs/${owner}/repos?type=all` : `/users/${owner}/repos?type=owner`;
  const list: Repository[] = [];
  for (let url: string | undefined = apiAddress(io.settings, `${path}&sort=full_name&per_page=100`); url !== undefined;) {
    const answer = await githubGet(io, url, `repositories of ${owner}`);
    const items = answer.json();
    if (!Array.isArray(items)) throw notGithub(answer, `the repositories of ${owner}`);
    for (const item of items as unknown[]) {
      const repository = repositoryOf(item, undefined);
      if (repository !== undefined && (io.settings.includeForks || repository.raw['fork'] !== true)) list.push(repository);
    }
    url = linksOf(io, answer).next;
  }
  return list;
}

function notGithub({ url }: HttpAnswer, what: string) {
  return sourceFailed(
    'source.failed',
    `${new URL(url).host} answered something else than ${what}. Check that the address is the one of GitHub’s API.`,
  );
}

function repositoryOf(item: unknown, asked: string | undefined): Repository | undefined {
  const parsed = repositoryRecord.omit({ asked: true }).loose().safeParse(item);
  if (!parsed.success) return undefined;
  const { id, full_name: fullName, stargazers_count: stars, private: isPrivate } = parsed.data;
  // What was parsed came from JSON.
  const raw = parsed.data as { [key: string]: Json };
  return { id, fullName, asked: asked ?? fullName, stars: typeof stars === 'number' ? stars : 0, isPrivate: isPrivate === true, raw };
}

/** Whether a webhook's repository is one of this source's: an organization's webhook tells of all of its repositories. */
export function isWanted(settings: GithubSettings, repository: { full_name: string; fork?: boolean | undefined }): boolean {
  const name = repository.full_name.toLowerCase();
  if (settings.repositories.some((wanted) => wanted.toLowerCase() === name)) return true;
  const { owner } = settings;
  if (owner === undefined || owner === '') return false;
  return name.startsWith(`${owner.toLowerCase()}/`) && (settings.includeForks || repository.fork !== true);
}

const permanent = new Set(['source.gone', 'github.permission', 'github.refused']);
const cursorSchema = z.record(z.string(), z.json());
/** An empty page only moves the cursor; so many steps without items go by before it is worth one. */
const emptySteps = 20;

/**
 * One repository after the other, each from where it stands. The cursor holds the state of all of them, by id, so that every
 * page can be the last. What cannot be read of one is noted and does not stop the others.
 */
export async function* eachRepository(
  io: GithubIo,
  cursor: Json | undefined,
  read: (repository: Repository, state: Json | undefined) => AsyncIterable<Step>,
): AsyncGenerator<Page> {
  io.signal.throwIfAborted();
  const { repositories, failures } = await findRepositories(io);
  const parsed = cursorSchema.safeParse(cursor);
  const before = parsed.success ? (parsed.data as Record<string, Json>) : {};
  // What is only out of sight goes on where it stood when it is back.
  const states: Record<string, Json> = failures.size > 0 ? { ...before } : {};
  for (const { id } of repositories) if (before[id] !== undefined) states[id] = before[id];
  let unsaved = 0;
  for (const repository of repositories) {
    const steps = read(repository, states[repository.id])[Symbol.asyncIterator]();
    for (;;) {
      io.signal.throwIfAborted();
      const next = await stepOf(failures, repository, steps);
      if (next === undefined) break;
      const moved = JSON.stringify(next.state) !== JSON.stringify(states[repository.id]);
      if (next.items.length === 0 && !moved) continue;
      states[repository.id] = next.state;
      unsaved = next.items.length > 0 ? 0 : unsaved + 1;
      if (unsaved % emptySteps === 0) yield { items: next.items, cursor: { ...states } };
    }
  }
  if (unsaved % emptySteps !== 0) yield { items: [], cursor: { ...states } };
}

async function stepOf(failures: Found['failures'], repository: Repository, steps: AsyncIterator<Step>): Promise<Step | undefined> {
  let step: Step | undefined;
  await skipping(failures, repository.asked, async () => {
    const next = await steps.next();
    step = next.done === true ? undefined : next.value;
  });
  return step;
}

async function skipping(failures: Found['failures'], name: string, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!permanent.has(codeOf(error) ?? '')) throw error;
    const why = error instanceof Error ? error.message : String(error);
    failures.set(name, [...(failures.get(name) ?? []), why]);
  }
}

/**
 * The repositories themselves, read last: whatever the streams before could not read of one stands here, as that
 * repository's entry in quarantine, until it can be read again.
 */
export const repositories = defineStream({
  name: 'repositories',
  title: 'Repositories',
  order: 'snapshot',
  record: repositoryRecord,
  externalId: (repository) => repository.asked.toLowerCase(),
  derive: () => ({ activities: [] }),
  async *pages(io: GithubIo, cursor: Json | undefined): AsyncGenerator<Page> {
    const { repositories: list, failures } = await findRepositories(io);
    io.signal.throwIfAborted();
    const items = list.filter(({ asked }) => !failures.has(asked)).map(({ raw, asked }) => ({ ...raw, asked }));
    const unreadable = [...failures].map(([name, reasons]) => {
      const reason = [...new Set(reasons)].join(' ');
      return { externalId: name.toLowerCase(), raw: JSON.stringify({ asked: name }), reason };
    });
    const digest = hash('sha256', JSON.stringify([items, unreadable])).slice(0, 32);
    if (digest === cursor) return;
    yield { items, cursor: digest, total: items.length, ...(unreadable.length === 0 ? {} : { unreadable }) };
  },
});
