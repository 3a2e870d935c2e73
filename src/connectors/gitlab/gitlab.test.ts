import path from 'node:path';
import { afterEach, expect, test } from 'vitest';
import type { ActivityDraft, Derived, Json, Page, Stream } from '../contract.ts';
import type { ReplayServer } from '../kit/replay.ts';
import { replay } from '../kit/replay.ts';
import { readPages, testIo } from '../kit/testing.ts';
import { gitlab } from './index.ts';
import type { GitlabIo, GitlabSettings } from './settings.ts';
import { gitlabSettings } from './settings.ts';

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function play(name: string, options: { partly?: boolean } = {}): Promise<ReplayServer> {
  const server = await replay(path.join(import.meta.dirname, 'fixtures', `${name}.json`));
  closing.push(() => server.finish(options));
  return server;
}

async function open(settings: Record<string, unknown>, more: Parameters<typeof testIo>[2] = {}): Promise<GitlabIo> {
  const made = await testIo(gitlab, { token: 'glpat-x', ...settings }, more);
  closing.push(() => made.close());
  return made.io;
}

const openGroup = async () => open({ url: (await play('group', { partly: true })).url, group: 'acme', projects: ['tools/cli'] });

function stream(name: string): Stream<GitlabSettings> {
  const found = gitlab.streams.find((candidate) => candidate.name === name);
  if (found === undefined) throw new Error(`There is no stream ${name}.`);
  return found;
}

const itemsOf = (pages: Page[]): Json[] => pages.flatMap(({ items }) => items);
const derive = (name: string, item: Json, settings: GitlabSettings): Derived =>
  stream(name).derive(stream(name).record.parse(item) as never, settings);

async function deriveAll(name: string, io: GitlabIo): Promise<Derived[]> {
  return itemsOf(await readPages(stream(name), io)).map((item) => derive(name, item, io.settings));
}

const short = ({ kind, platformType, person, thread, text }: ActivityDraft): string =>
  [kind, platformType, person.value, thread?.externalId, text].filter((word) => word !== undefined).join(' ');
const shorts = (all: Derived[]): string[] => all.flatMap(({ activities }) => activities.map(short));

test('reads issues: who opened and closed them, how they stand, what labels they have', async () => {
  const io = await openGroup();
  const [first, second] = await deriveAll('issues', io);
  const url = `${io.settings.url}/acme/app/-/issues/1`;
  expect(first).toEqual({
    activities: [
      {
        kind: 'issue',
        at: Date.UTC(2024, 2, 1, 8),
        person: {
          platform: 'gitlab',
          host: new URL(io.settings.url).host,
          type: 'account',
          value: 'ada',
          platformUserId: '1',
          name: 'Ada Lovelace',
          url: `${io.settings.url}/ada`,
          avatarUrl: `${io.settings.url}/uploads/ada.png`,
        },
        thread: { externalId: '7#1', kind: 'issue', opens: true },
        title: 'Crash on start',
        text: 'It **crashes**.',
        url,
      },
      expect.objectContaining({ kind: 'issue_closed', at: Date.UTC(2024, 2, 2, 9), thread: { externalId: '7#1', kind: 'issue' } }),
    ],
    threads: [
      {
        externalId: '7#1',
        kind: 'issue',
        title: 'Crash on start',
        url,
        state: 'closed',
        closedAt: Date.UTC(2024, 2, 2, 9),
        labels: ['bug', 'Community contribution'],
      },
    ],
  });
  expect(first?.activities[1]?.person.value).toBe('bob');
  expect(second?.threads).toMatchObject([{ externalId: '7#2', state: 'open', labels: [] }]);
});

test('tells the life of a merge request, and what surrounds the work', async () => {
  const io = await openGroup();
  const read = async (name: string) => shorts(await deriveAll(name, io));
  expect(await read('merge_requests')).toEqual([
    'merge_request_opened ada 7!1 Closes #1',
    'merge_request_merged ada 7!1',
    'merge_request_opened ada 7!2',
    'merge_request_opened dee.k 9!1',
    'merge_request_closed dee.k 9!1',
  ]);
  expect(await read('notes')).toEqual([
    'comment bob 7#1 Same here',
    'comment ada 7#1 Fixed by !1',
    'review_comment cy 7!1 Please rename',
    'review approved cy 7!1',
    'comment bob 7!1 Thank you!',
  ]);
  expect(await read('label_events')).toEqual(['label add ada 7#1 bug', 'label remove bob 7#1', 'label add bob 7!1 1st contribution']);
  expect(await read('reactions')).toEqual(['reaction thumbsup cy 7#1', 'reaction tada bob 7!1']);
  expect(await read('stars')).toEqual(['star cy', 'star dee.k']);
  expect(await read('forks')).toEqual(['fork ada']);
  expect(await read('releases')).toEqual(['release ada The first.']);
  expect(await read('epics')).toEqual(['issue epic ada group 5&1']);
});

test('knows machines, and profiles with their verified addresses', async () => {
  const io = await openGroup();
  const issues = await deriveAll('issues', io);
  expect(issues.flatMap(({ activities }) => activities).filter(({ person }) => person.bot === true)).toMatchObject([
    { platformType: 'task', person: { value: 'group_5_bot_4f' } },
  ]);
  const [ada, bob, machine] = await deriveAll('profiles', io);
  expect(ada).toMatchObject({
    people: [{ value: 'ada', platformUserId: '1', location: 'London', organizationName: 'Analytical Engines', bio: 'Counts.' }],
    links: [{ a: { value: 'ada' }, b: { platform: 'email', value: 'ada@example.org' }, proof: 'verified_email' }],
  });
  expect(bob?.links).toBeUndefined();
  expect(machine?.people).toMatchObject([{ bot: true, avatarUrl: `${io.settings.url}/uploads/group_5_bot_4f.png` }]);
});

test('says how many there are, where it is one list', async () => {
  const { url } = await play('bulk');
  const pages = await readPages(stream('issues'), await open({ url, projects: ['acme/app'] }, { since: new Date('2024-02-01') }));
  expect(pages.map(({ total }) => total)).toEqual([5, undefined, undefined]);
  // All at one and the same time: page by page, each once.
  expect(itemsOf(pages).map((item) => (item as { iid: number }).iid)).toEqual([10, 11, 12, 13, 20]);
});

test('reads the next time only what changed, and what may have been overtaken', async () => {
  const first = await openGroup();
  const cursor = (await readPages(stream('issues'), first)).at(-1)?.cursor;
  const { url } = await play('second');
  const pages = await readPages(stream('issues'), await open({ url, group: 'acme' }), cursor);
  expect(itemsOf(pages)).toMatchObject([{ iid: 2, state: 'closed' }]);
});

test('goes on without what is gone or switched off, and says so', async () => {
  const { url } = await play('gone');
  const said: string[] = [];
  const io = await open({ url, projects: ['acme/gone', 'acme/app'] }, { warn: (message) => said.push(message) });
  expect(itemsOf(await readPages(stream('issues'), io))).toHaveLength(1);
  expect(itemsOf(await readPages(stream('merge_requests'), io))).toHaveLength(0);
  expect(itemsOf(await readPages(stream('stars'), io))).toHaveLength(1);
  expect(said.filter((line) => /acme\/gone|merge requests of acme\/app/.test(line))).toHaveLength(4);
  expect((await gitlab.check(io)).map(({ ok, detail }) => `${ok}: ${detail}`)).toEqual([
    expect.stringMatching(/^false: It has the scopes read_user, but needs read_api/),
    expect.stringMatching(/^false: .* shows no project acme\/gone: gone, renamed, or private\. If it is private, make/),
    expect.stringMatching(/^false: The access token lacks the scope read_api/),
  ]);
});

test('stops at a token that ran out: nothing is passed over as if it were not there', async () => {
  const { url } = await play('expired');
  const io = await open({ url, projects: ['acme/app'] });
  await expect(readPages(stream('notes'), io)).rejects.toThrow(/does not accept the access token: it is wrong, expired or revoked/);
  await expect(readPages(stream('stars'), io)).rejects.toThrow(/answered status 403, but not as a GitLab does/);
});

test('reads less of a person where the site is older', async () => {
  const { url } = await play('older');
  const [ada, ...others] = await deriveAll('profiles', await open({ url, projects: ['acme/app'] }));
  expect(others).toEqual([]);
  expect(ada?.people).toMatchObject([{ value: 'ada', location: 'London' }]);
});

test('asks for nothing that GitLab shows to accounts only when there is no token', async () => {
  const { url } = await play('group', { partly: true });
  const said: string[] = [];
  const io = await open({ url, group: 'acme', token: undefined }, { warn: (message) => said.push(message) });
  for (const name of ['notes', 'label_events', 'reactions']) expect(await readPages(stream(name), io)).toEqual([]);
  expect(said).toHaveLength(3);
});

const site = 'https://gitlab.example.org';
const settings: GitlabSettings = gitlabSettings.parse({ url: site, group: 'acme', webhookSecret: 'shared' });
const ada = { id: 1, username: 'ada', name: 'Ada Lovelace', avatar_url: `${site}/ada.png` };
const project = { id: 7, web_url: `${site}/acme/app`, path_with_namespace: 'acme/app' };
const issue = { id: 101, iid: 1, title: 'Crash on start', confidential: false };
const noteHook = {
  object_kind: 'note',
  event_type: 'note',
  user: { ...ada, email: '[REDACTED]' },
  project,
  issue,
  object_attributes: {
    id: 302,
    note: 'Fixed by !1',
    noteable_type: 'Issue',
    author_id: 1,
    created_at: '2024-03-02 08:30:00 UTC',
    updated_at: '2024-03-02 08:30:00 UTC',
    system: false,
    internal: false,
    type: null,
    url: `${site}/acme/app/-/issues/1#note_302`,
  },
};
const emojiHook = {
  object_kind: 'emoji',
  user: ada,
  project,
  issue,
  object_attributes: {
    id: 501,
    name: 'thumbsup',
    user_id: 1,
    awardable_type: 'Issue',
    created_at: '2024-03-02 08:30:00 UTC',
    action: 'award',
    awarded_on_url: `${site}/acme/app/-/issues/1`,
  },
};
const parent = { kind: 'issues', project_id: 7, iid: 1, title: 'Crash on start', web_url: `${site}/acme/app/-/issues/1` };

const request = (body: unknown, headers: Record<string, string> = { 'x-gitlab-token': 'shared' }) => ({
  headers,
  body: Buffer.from(JSON.stringify(body)),
  receivedAt: new Date('2024-03-02T08:30:01Z'),
});
const news = (body: unknown, given = settings) => gitlab.webhook?.read(request(body), given);

test('takes comments and reactions by webhook, the same as if they had been read', () => {
  const listed = { created_at: '2024-03-02T08:30:00.123Z', updated_at: '2024-03-02T08:30:00.456Z', parent };
  const [note] = news(noteHook)?.pages ?? [];
  const polled = { ...listed, id: 302, type: null, body: 'Fixed by !1', author: { ...ada, web_url: `${site}/ada` }, system: false };
  expect(note?.stream).toBe('notes');
  expect(derive('notes', note?.items[0] ?? null, settings)).toEqual(derive('notes', polled, settings));
  const [award] = news(emojiHook)?.pages ?? [];
  const { object_attributes: attributes } = emojiHook;
  expect(derive('reactions', award?.items[0] ?? null, settings)).toEqual(
    derive('reactions', { ...listed, id: 501, name: 'thumbsup', user: ada }, settings),
  );
  expect(news({ ...emojiHook, object_attributes: { ...attributes, action: 'revoke' } })).toEqual({
    pages: [{ stream: 'reactions', items: [], gone: ['501'] }],
  });
  expect(news({ object_kind: 'release', action: 'delete', tag: 'v1.0', project })).toEqual({
    pages: [{ stream: 'releases', items: [], gone: ['7:v1.0'] }],
  });
});

test('reads the source where a request does not say all, and lets pass what is not to be read', () => {
  const { object_attributes: note } = noteHook;
  for (const object_kind of ['issue', 'work_item', 'merge_request']) expect(news({ object_kind, project })).toEqual({ readNow: true });
  expect(news({ object_kind: 'release', action: 'create', tag: 'v1.0', project })).toEqual({ readNow: true });
  expect(news({ ...noteHook, user: { ...ada, id: 2 } })).toEqual({ readNow: true });
  expect(news({ object_kind: 'push', project })).toEqual({});
  expect(news({ ...noteHook, project: { ...project, path_with_namespace: 'acme-labs/app' } })).toEqual({});
  expect(news({ ...noteHook, object_attributes: { ...note, noteable_type: 'Commit' } })).toEqual({});
  expect(news({ ...noteHook, object_attributes: { ...note, internal: true } })).toEqual({});
  expect(news({ ...noteHook, event_type: 'confidential_note' })).toEqual({});
  expect(news({ ...noteHook, event_type: 'confidential_note' }, { ...settings, confidential: true })?.pages).toHaveLength(1);
  for (const garbage of [null, [], 'text', {}, { object_kind: 'note' }]) expect(() => news(garbage)).toThrow();
});

test('accepts only requests with the secret token, or signed with the signing token just now', () => {
  const verify = (headers: Record<string, string>, webhookSecret: string) =>
    gitlab.webhook?.verify(request(noteHook, headers), { ...settings, webhookSecret });
  expect(() => verify({ 'x-gitlab-token': 'shared' }, 'shared')).not.toThrow();
  expect(() => verify({ 'x-gitlab-token': 'other' }, 'shared')).toThrow(/not signed as agreed/);
  expect(() => verify({}, 'shared')).toThrow(/not signed as agreed/);
  // The signature was made with another program: HMAC-SHA256 over `msg_1.1709368200.<body>` with the key behind whsec_.
  const key = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
  const signed = {
    'webhook-id': 'msg_1',
    'webhook-timestamp': '1709368200',
    'webhook-signature': 'v1,y1In+GUeaSD+sOtNtVgfZSRXhSKJ/9vNAkmhUXMCEzc=',
  };
  expect(() => verify(signed, key)).not.toThrow();
  expect(() => verify({ ...signed, 'webhook-id': 'msg_2' }, key)).toThrow(/not signed as agreed/);
  expect(() => verify({ 'x-gitlab-token': key }, key)).toThrow(/not signed as agreed/);
  const late = { ...request(noteHook, signed), receivedAt: new Date('2024-03-02T09:30:01Z') };
  expect(() => gitlab.webhook?.verify(late, { ...settings, webhookSecret: key })).toThrow(/five minutes/);
});

test('does over there what is asked, and says why it could not', async () => {
  const { url } = await play('deliveries');
  const io = await open({ url, group: 'acme' });
  const onIssue = { thread: { externalId: '7#1', kind: 'issue' as const, url: `${url}/acme/app/-/issues/1` } };
  const onRequest = { thread: { externalId: '7!2', kind: 'merge_request' as const } };
  const onPerson = { person: { platform: 'gitlab', host: new URL(url).host, type: 'account' as const, value: 'cy', platformUserId: '4' } };
  const act = async (name: string, target: object, input: Record<string, unknown>) => {
    const delivery = gitlab.deliveries?.find((candidate) => candidate.name === name);
    return delivery?.deliver(io, target, delivery.input.parse(input) as never);
  };
  expect(await act('comment', onIssue, { body: ' Thanks! ' })).toEqual({ url: `${url}/acme/app/-/issues/1#note_9001` });
  expect(await act('comment', onRequest, { body: 'For us', internal: true })).toEqual({});
  await act('label', onRequest, { add: ['1st contribution', 'Hackathon'], remove: ['idle'] });
  await act('assign', onIssue, { people: ['@cy'] });
  await act('due_date', onIssue, { date: '2026-03-01' });
  await act('due_date', onIssue, {});
  await act('close', onIssue, {});
  await act('reopen', onRequest, {});
  await act('react', onIssue, { emoji: 'tada' });
  expect(await act('achievement', onPerson, { achievement: 53, message: 'Well done' })).toEqual({ url: `${url}/cy` });

  await expect(act('achievement', onPerson, { achievement: 54 })).rejects.toThrow(/insufficient permissions/);
  await expect(act('close', onIssue, {})).rejects.toThrow(/status 400: \{"base":\["is locked"\]\}/);
  await expect(act('react', onIssue, { emoji: 'heart' })).rejects.toThrow(/lacks the scope api\b/);
  await expect(act('assign', onIssue, { people: ['nobody'] })).rejects.toThrow(/has no account "nobody"/);
  await expect(act('due_date', onRequest, {})).rejects.toThrow(/for issues only/);
  await expect(act('close', { thread: { externalId: 'group 5&1', kind: 'issue' } }, {})).rejects.toThrow(/Only issues and merge requests/);
  await expect(act('achievement', { person: { ...onPerson.person, host: 'gitlab.com' } }, { achievement: 53 })).rejects.toThrow(
    /no account of/,
  );
  await expect(act('label', onIssue, { add: ['a,b'] })).rejects.toThrow(/comma/);
});

test('disarms what is hostile', () => {
  const hostile = {
    id: 1,
    iid: 1,
    project_id: 7,
    state: 'opened',
    title: 'A\u202e\u0000 title',
    description: '<script>alert(1)</script>\u0007',
    author: { ...ada, name: '\u202eAda', avatar_url: 'javascript:alert(1)' },
    created_at: '2024-03-01T08:00:00Z',
    updated_at: '2024-03-01T08:00:00Z',
    labels: ['\u0000', 'ok', { name: 'whole' }],
    web_url: 'javascript:alert(1)',
  };
  const { activities, threads } = derive('issues', hostile, settings);
  expect(activities).toMatchObject([{ title: 'A title', text: '<script>alert(1)</script>', person: { name: 'Ada' } }]);
  expect(JSON.stringify({ activities, threads })).not.toContain('javascript:');
  expect(threads?.[0]?.labels).toEqual(['ok', 'whole']);
  const refuses = (item: object) => !stream('issues').record.safeParse({ ...hostile, ...item }).success;
  expect(refuses({ created_at: '2999-01-01T00:00:00Z' })).toBe(true);
  expect(refuses({ author: { ...ada, username: '../admin' } })).toBe(true);
  // What GitLab inherits from JavaScript is no review.
  const note = { id: 1, type: null, body: 'constructor', author: ada, created_at: hostile.created_at, updated_at: hostile.created_at };
  expect(derive('notes', { ...note, system: true, parent: { ...parent, kind: 'merge_requests' } }, settings)).toEqual({ activities: [] });
});

test('is set up with a group or projects, by their paths', () => {
  const complaint = (given: object) => gitlabSettings.safeParse(given).error?.issues[0]?.message;
  expect(complaint({})).toMatch(/name a group or at least one project/);
  expect(complaint({ group: 'https://gitlab.com/acme' })).toMatch(/without the site/);
  expect(complaint({ url: 'https://me:secret@gitlab.com', group: 'acme' })).toMatch(/must not hold a user name/);
  expect(gitlab.nameOf(gitlabSettings.parse({ group: 'acme', projects: ['tools/cli', 'tools/gui'] }))).toBe('acme and 2 more');
});
