import path from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import type { Derived, Json } from '../contract.ts';
import { personOfEmail } from '../kit/people.ts';
import { replay } from '../kit/replay.ts';
import { readPages, testIo } from '../kit/testing.ts';
import { inWords } from './api.ts';
import { personOf } from './derive-parts.ts';
import { github } from './index.ts';
import type { GithubIo } from './settings.ts';
import { githubSettings, graphqlAddress, siteHost } from './settings.ts';

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function open(name: string, settings: Record<string, unknown> = {}, more: Parameters<typeof testIo>[2] = {}) {
  const server = await replay(path.join(import.meta.dirname, 'fixtures', `${name}.json`));
  const whole = { repositories: ['octo/hello'], token: 'ghp_synthetic', apiUrl: server.url, ...settings };
  const io = async (): Promise<GithubIo> => {
    const made = await testIo(github, whole, more);
    closing.push(() => made.close());
    return made.io;
  };
  return { server, io };
}

function streamOf(name: string) {
  const found = github.streams.find((stream) => stream.name === name);
  if (found === undefined) throw new Error(`There is no stream ${name}.`);
  return found;
}

async function itemsOf(name: string, io: GithubIo, cursor?: Json) {
  const pages = await readPages(streamOf(name), io, cursor);
  return { items: pages.flatMap((page) => page.items), cursor: pages.at(-1)?.cursor ?? cursor, pages };
}

function derive(name: string, item: Json, io: Pick<GithubIo, 'settings'>): Derived {
  const stream = streamOf(name);
  return stream.derive(stream.record.parse(item) as never, io.settings);
}

const site = { settings: githubSettings.parse({ repositories: ['octo/hello'], webhookSecret: 'a secret for tests' }) };

/** `kind who in-thread at`, and what the platform calls it. */
const lines = (derived: Derived): string[] =>
  derived.activities.map(({ kind, person, thread, at, platformType }) =>
    [kind, platformType, person.value, thread?.externalId, new Date(at).toISOString().slice(5, 16)]
      .filter((part) => part !== undefined)
      .join(' '),
  );

describe('a repository', () => {
  test('gives everything once, nothing when nothing changed, and is asked conditionally', async () => {
    const { server, io } = await open('hello');
    const told: Record<string, string[]> = {};
    for (const { name } of github.streams) {
      const first = await itemsOf(name, await io());
      told[name] = first.items.flatMap((item) => lines(derive(name, item, site)));
      const second = await itemsOf(name, await io(), first.cursor);
      const third = await itemsOf(name, await io(), second.cursor);
      expect([...second.items, ...third.items]).toEqual([]);
    }
    const checked = await github.check(await io());
    expect(checked.map(({ ok, detail }) => `${ok} ${detail}`)).toEqual([
      'true The token is accepted, with the scopes public_repo, read:user. 4990 of 5000 requests are left until 00:00 UTC.',
      'true 1 repository.',
      'true Public, 3 stars.',
    ]);
    await server.finish();
    expect(told).toEqual({
      issues: ['issue ann 900#1 03-01T09:00', 'issue ghost 900#3 03-01T09:00'],
      pulls: [
        'merge_request_opened bo 900#4 02-01T09:00',
        'merge_request_merged bo 900#4 03-03T09:00',
        'merge_request_opened bo 900#2 02-01T09:00',
        'merge_request_opened dependabot[bot] 900#5 01-20T09:00',
        'merge_request_closed dependabot[bot] 900#5 02-01T08:00',
      ],
      comments: ['comment cy 900#1 03-01T10:00', 'comment dependabot[bot] 900#4 03-02T10:00'],
      'review-comments': ['review_comment cy 900#4 03-02T12:00', 'review_comment bo 900#4 03-02T12:30'],
      releases: ['release bo 03-03T10:00', 'release prerelease bo 01-02T00:00'],
      forks: ['fork cy 02-20T10:00'],
      stars: ['star cy 02-12T10:00', 'star bo 02-11T10:00', 'star ann 02-10T10:00'],
      events: [
        'issue_closed not_planned cy 900#3 03-02T08:30',
        'label labeled bo 900#1 03-01T09:30',
        'label unlabeled ghost 900#2 02-28T09:30',
      ],
      discussions: [
        'question ann 900#6 03-02T13:00',
        'accepted_answer cy 900#6 03-02T15:00',
        'answer cy 900#6 03-02T14:00',
        'reply ann 900#6 03-02T14:30',
        'reply cy 900#6 03-02T14:00',
        'answer dependabot[bot] 900#6 03-02T14:00',
        'post bo 900#7 02-02T13:00',
        'reply ghost 900#7 03-02T14:00',
      ],
      reviews: ['review changes_requested cy 900#4 03-02T12:00', 'review approved cy 900#4 03-03T08:00'],
      profiles: [],
      repositories: [],
    });
  });

  test('tells how threads stand, with labels and milestones', async () => {
    const { server, io } = await open('hello');
    const standing = async (name: string) =>
      (await itemsOf(name, await io())).items
        .flatMap((item) => derive(name, item, site).threads ?? [])
        .map(({ externalId, kind, state, closedAt, labels }) => [
          externalId,
          kind,
          state,
          closedAt === undefined ? '' : new Date(closedAt).toISOString(),
          labels?.join(', '),
        ]);
    expect([...(await standing('issues')), ...(await standing('pulls')), ...(await standing('discussions'))]).toEqual([
      ['900#1', 'issue', 'open', '', 'bug, milestone: 1.0'],
      ['900#3', 'issue', 'closed', '2024-03-02T08:30:00.000Z', 'wontfix'],
      ['900#4', 'merge_request', 'merged', '2024-03-03T09:00:00.000Z', ''],
      ['900#2', 'merge_request', 'open', '', 'fix, milestone: 1.0'],
      ['900#5', 'merge_request', 'closed', '2024-02-01T08:00:00.000Z', ''],
      ['900#6', 'question', 'solved', '2024-03-02T15:00:00.000Z', 'Q&A, docs'],
      ['900#7', 'topic', 'closed', '2024-02-03T15:00:00.000Z', 'Announcements'],
    ]);
    const [opened] = (await itemsOf('issues', await io())).items.map((item) => derive('issues', item, site).activities[0]);
    expect(opened).toEqual({
      kind: 'issue',
      at: Date.UTC(2024, 2, 1, 9),
      person: {
        platform: 'github',
        host: 'github.com',
        type: 'account',
        value: 'ann',
        platformUserId: '11',
        url: 'https://github.com/ann',
        avatarUrl: 'https://avatars.githubusercontent.com/u/11',
      },
      thread: { externalId: '900#1', kind: 'issue', title: 'It says "helo"', url: 'https://github.com/octo/hello/issues/1', opens: true },
      title: 'It says "helo"',
      text: 'One l is missing.',
      url: 'https://github.com/octo/hello/issues/1',
    });
    await server.finish({ partly: true });
  });

  test('shows public profiles without taking an address for proof', async () => {
    const { server, io } = await open('hello');
    const { items } = await itemsOf('profiles', await io());
    const derived = items.map((item) => derive('profiles', item, site));
    expect(derived.flatMap(({ people }) => people?.map(({ name }) => name))).toEqual(['Cy Young', 'Ann Lee', 'Bo']);
    expect(derived[1]).toEqual({
      activities: [],
      people: [
        {
          ...personOf(
            { login: 'ann', id: 11, html_url: 'https://github.com/ann', avatar_url: 'https://avatars.githubusercontent.com/u/11' },
            site.settings,
          ),
          name: 'Ann Lee',
          location: 'Oslo, Norway',
          organizationName: 'acme',
          bio: 'Writes small programs.\nhttps://ann.example.org\nhttps://x.com/annlee\nann@example.org',
        },
      ],
    });
    await server.finish({ partly: true });
  });
});

describe('lists that change', () => {
  test('are climbed by the last change, through more of them in one second than fit a page', async () => {
    const { server, io } = await open('changes');
    const first = await itemsOf('issues', await io());
    const numbers = (items: Json[]) => items.map((item) => (item as { number: number; state: string }).number);
    expect(numbers(first.items)).toEqual([31, 32, 33, 34, 35]);
    const second = await itemsOf('issues', await io(), first.cursor);
    expect(second.items).toMatchObject([{ number: 31, state: 'closed' }]);
    const pulls = await itemsOf('pulls', await io());
    const later = await itemsOf('pulls', await io(), pulls.cursor);
    // Down to what is known: the next page is not asked for.
    expect(numbers(later.items)).toEqual([42, 40]);
    await server.finish();
  });

  test('of stars are read from their end, without losing any when stars are taken back', async () => {
    const { server, io } = await open('stars');
    const first = await itemsOf('stars', await io());
    const who = (items: Json[]) => items.map((item) => (item as { user: { login: string } }).user.login);
    expect(who(first.items)).toEqual(['fan6', 'fan5', 'fan4', 'fan3', 'fan2', 'fan1']);
    expect(who((await itemsOf('stars', await io(), first.cursor)).items)).toEqual(['fan8', 'fan7']);
    await server.finish();
  });

  test('of very many stars are asked for in another way, and fewer at once when that takes too long', async () => {
    const { server, io } = await open('many-stars');
    const { items } = await itemsOf('stars', await io());
    expect(items.flatMap((item) => lines(derive('stars', item, site)))).toEqual([4, 3, 2, 1].map((n) => `star fan${n} 01-01T0${n}:00`));
    await server.finish();
  });
});

describe('refusals', () => {
  test('of one repository are said plainly and do not stop the others', async () => {
    const { server, io } = await open('owner', { owner: 'octo', repositories: ['octo/gone', 'octo/old'] });
    const run = await io();
    const { items } = await itemsOf('issues', run);
    expect(items.map((item) => (item as { html_url: string }).html_url)).toEqual([
      'https://github.com/octo/hello/issues/1',
      'https://github.com/octo/new/issues/20',
    ]);
    const [page] = await readPages(streamOf('repositories'), run);
    expect(page?.items.map((item) => (item as { asked: string }).asked)).toEqual(['octo/hello', 'octo/old']);
    expect(page?.unreadable?.map(({ externalId, reason }) => `${externalId}: ${reason.replace(/127\.0\.0\.1:\d+/g, 'host')}`)).toEqual([
      'octo/gone: host shows no repository octo/gone (Not Found): it is gone, or private and not among what the token may see. Check the name.',
      'octo/secret: host refuses to show issues of octo/secret (Resource not accessible by personal access token). Give the token the permission "Issues: read".',
    ]);
    const checked = await github.check(run);
    expect(checked.map(({ ok, what, detail }) => `${ok} ${what}: ${detail.replace(/127\.0\.0\.1:\d+/g, 'host')}`)).toEqual([
      'true Use the access token: The token is accepted. 4990 of 5000 requests are left until 00:00 UTC.',
      expect.stringMatching(/^false Find the repositories: .*octo\/gone.* The other 3 are read all the same\.$/),
      'true Read octo/hello: Public, 3 stars.',
      'true Read octo/old: Public, 3 stars. It is called octo/new now: enter that name.',
      'false Read octo/secret: Private, and the token does not show its issues (the permission "Issues: read"). The rest is read.',
    ]);
    await server.finish();
  });

  test('name the time to wait, in whatever way GitHub does, and a token that nobody accepts', async () => {
    const { server, io } = await open('limits');
    const failure = async (name: string) => {
      const error: unknown = await itemsOf(name, await io()).catch((thrown: unknown) => thrown);
      const { code, retryAfter } = error as { code: string; retryAfter: number | undefined };
      return [code, retryAfter];
    };
    expect(await failure('pulls')).toEqual(['http.rate_limited', 60]);
    expect(await failure('forks')).toEqual(['http.rate_limited', 90]);
    expect(await failure('discussions')).toEqual(['http.rate_limited', 60]);
    expect(await failure('releases')).toEqual(['github.token', undefined]);
    // A next page elsewhere is none of ours; one that GitHub does not show is the end; one that it refuses is told.
    expect((await itemsOf('events', await io())).items).toEqual([]);
    expect((await itemsOf('events', await io())).items).toHaveLength(1);
    const run = await io();
    expect((await itemsOf('forks', run)).items).toHaveLength(1);
    const [page] = await readPages(streamOf('repositories'), run);
    expect(page?.unreadable?.map(({ reason }) => reason)).toEqual([
      expect.stringMatching(/refuses to show forks of octo\/hello: API rate limit/),
    ]);
    await server.finish();
  });

  test('of permissions are put into words', () => {
    expect(inWords('issues=read')).toBe('"Issues: read"');
    expect(inWords('issues=write; pull_requests=write,contents=read')).toBe(
      '"Issues: write" or "Pull requests: write" and "Contents: read"',
    );
  });

  test('of settings say what to enter', () => {
    const complaint = (settings: object) => githubSettings.safeParse(settings).error?.issues[0]?.message;
    expect(complaint({})).toBe('enter a repository or an owner');
    expect(complaint({ repositories: ['hello'] })).toBe('write each repository as owner/name');
    expect(complaint({ owner: 'octo/hello' })).toMatch(/without a slash/);
    expect(complaint({ owner: 'octo', apiUrl: 'ftp://x' })).toMatch(/https:/);
    expect(githubSettings.parse({ repositories: ['https://github.com/octo/hello.git', 'https://ghe.example/a/b/'] }).repositories).toEqual([
      'octo/hello',
      'a/b',
    ]);
  });
});

test('an account is the same on every way, and on the company’s own host another', () => {
  const person = personOf({ login: 'ann', id: 11, type: 'User' }, site.settings);
  const [link] = personOfEmail('Ann', '11+ann@users.noreply.github.com', 'x').links;
  expect(link?.b).toEqual({ platform: person.platform, host: person.host, type: person.type, value: 'ann', platformUserId: '11' });
  const hosts = ['https://api.github.com', 'https://git.example.com/api/v3/', 'https://api.acme.ghe.com'].map((apiUrl) => [
    siteHost({ apiUrl }),
    graphqlAddress({ apiUrl }),
  ]);
  expect(hosts).toEqual([
    ['github.com', 'https://api.github.com/graphql'],
    ['git.example.com', 'https://git.example.com/api/graphql'],
    ['acme.ghe.com', 'https://api.acme.ghe.com/graphql'],
  ]);
  expect(personOf({ login: 'app', id: 5, type: 'Bot' }, site.settings).bot).toBe(true);
  expect(personOf(null, site.settings)).toEqual(personOf({}, site.settings));
  expect(personOf(null, site.settings)).toMatchObject({ value: 'ghost', bot: true });
});

test('hostile input is disarmed, or refused with a reason', () => {
  const issue = {
    id: 1,
    number: 1,
    repository: { id: 900, full_name: 'octo/hello' },
    title: '\u202egnp.exe\u0007',
    body: `<!-- a -->${'<!--'.repeat(20_000)}<script>alert(1)</script>`,
    user: { login: 'ann\u0000\u202e', id: 11, html_url: 'javascript:alert(1)', avatar_url: 'data:text/html,x' },
    state: 'open',
    html_url: 'javascript:alert(1)',
    labels: ['\u202ebug', { name: null }, { name: 'bug' }],
    created_at: '2024-03-01T09:00:00Z',
    updated_at: '2024-03-01T09:00:00Z',
  };
  const derived = derive('issues', issue, site);
  expect(derived.activities[0]).toMatchObject({ title: 'gnp.exe', person: { value: 'ann' } });
  expect(derived.activities[0]?.url).toBeUndefined();
  expect(derived.threads?.[0]?.labels).toEqual(['bug']);
  expect(JSON.stringify(derived)).not.toMatch(/javascript:|data:|\\u202e/);
  const reason = (change: object) => streamOf('issues').record.safeParse({ ...issue, ...change }).error?.issues[0]?.message;
  expect(reason({ created_at: '2999-01-01T00:00:00Z' })).toMatch(/more than two days in the future/);
  expect(reason({ created_at: 'soon' })).toMatch(/cannot be read/);
  expect(reason({ id: 'one' })).toMatch(/expected/);
});
