import { mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { afterEach, expect, test } from 'vitest';
import type { Derived, Identity, Json, Page } from '../contract.ts';
import { readPages, testIo } from '../kit/testing.ts';
import type { CommitRecord } from './commit-record.ts';
import { commitRecord } from './commit-record.ts';
import { commits } from './commits.ts';
import { git } from './index.ts';
import type { GitSettings } from './settings.ts';
import { readCursor } from './walk.ts';
import type { TestRepository } from './testing.ts';
import { makeRepository, openOffline } from './testing.ts';

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function repository(): Promise<TestRepository> {
  const made = await makeRepository();
  closing.push(() => made.close());
  return made;
}

async function io(settings: Record<string, unknown>, more: Parameters<typeof testIo>[2] = {}) {
  const made = await testIo(git, settings, more);
  closing.push(() => made.close());
  return made.io;
}

async function read(
  folder: string,
  cursor?: Page['cursor'],
  more: Parameters<typeof testIo>[2] = {},
): Promise<{ records: CommitRecord[]; pages: Page[]; raw: { [key: string]: Json }[] }> {
  const pages = await readPages(commits, await io({ repository: folder }, more), cursor);
  const items = pages.flatMap((page) => page.items);
  return { pages, records: items.map((item) => commitRecord.parse(item)), raw: items as { [key: string]: Json }[] };
}

function derived(record: CommitRecord | undefined, settings: Record<string, unknown> = { repository: '/somewhere/example.git' }): Derived {
  if (record === undefined) throw new Error('There is no such commit.');
  return commits.derive(record as never, parsed(settings));
}

/** An offline source's settings are whatever its connector takes. */
function parsed(settings: Record<string, unknown>): GitSettings {
  return git.settings.parse(settings) as GitSettings;
}

const roles = ({ activities }: Derived) => activities.map(({ kind, person }) => `${kind} ${person.value}`);
const show = (identity: Identity) =>
  [identity.platform, identity.host, identity.value, identity.platformUserId].filter((part) => part !== undefined).join(' ');

test('reads what git says of a commit: people, offsets, message, files and lines', async () => {
  const { commit, folder } = await repository();
  await commit({ message: 'First', files: { a: '1\n2\n' } });
  const sha = await commit({
    message:
      'A subject\nof two lines\n\nThe body.\n\nSigned-off-by: Ada Lovelace <ada@example.org>\nReviewed-by: Grace <grace@example.com>\nAcked-by: Grace <grace@example.com>\nco-authored-by: Zoë <zoe@example.org>',
    date: '1700000000 -0730',
    committer: 'Grace <GRACE@example.com>',
    committed: '1700000600 +0545',
    files: { a: '1\n3\n', 'x\ty\n.bin': Buffer.from([0, 1]) },
  });
  const { raw, records } = await read(folder);
  expect(raw[0]).toMatchObject({
    sha,
    parents: 1,
    authored: [1_700_000_000, -450],
    committed: [1_700_000_600, 345],
    subject: 'A subject of two lines',
    touched: 2,
    added: 1,
    removed: 1,
  });
  expect(raw[0]?.['files']).toEqual([
    ['a', 1, 1],
    ['x\ty\n.bin', null, null],
  ]);
  const facts = derived(records[0]);
  expect(roles(facts)).toEqual([
    'commit ada@example.org',
    'commit_committed GRACE@example.com',
    'commit_reviewed grace@example.com',
    'commit_reviewed grace@example.com',
    'commit_co_authored zoe@example.org',
  ]);
  expect(facts.activities[3]?.platformType).toBe('acked-by');
  expect(facts.activities[0]).toMatchObject({ at: 1_700_000_000_000, offset: -450, value: 2, title: 'A subject of two lines' });
  expect(facts.activities[0]?.text).toContain('The body.');
  expect(facts.activities[1]).toMatchObject({ at: 1_700_000_600_000, offset: 345 });
});

test('equals what git counts, with and without the .mailmap', async () => {
  const source = await openOffline();
  closing.push(() => source.close());
  const folder = String(source.settings['repository']);
  const { records } = await read(folder);
  const authors = records.map((record) => derived(record, source.settings));
  expect(authors.map(({ activities }) => activities[0]?.person.value)).toHaveLength(6);
  const links = authors.flatMap((facts) => facts.links ?? []);
  expect(links.map((link) => `${link.proof}: ${show(link.a)} = ${show(link.b)}`)).toEqual([
    'platform: email 1234+grace@users.noreply.github.com = github github.com grace 1234',
    'mailmap: email ada@old.example = email ada@example.org',
  ]);
  expect(links[1]?.reason).toBe(
    `The .mailmap of ${path.basename(folder)} says that ada <ada@old.example> is Ada Lovelace <ada@example.org>`,
  );
});

test('keeps people apart whom a .mailmap tells apart by name only', async () => {
  const { commit, folder } = await repository();
  const shared = 'team@example.org';
  await commit({
    message: '1',
    author: `Ada <${shared}>`,
    files: {
      '.mailmap': `Ada <ada@x.org> Ada <${shared}>\nBob <bob@x.org> bob <TEAM@example.org>\nEve <eve@x.org> <old@x.org>\n<old@x.org> <older@x.org>\n`,
    },
  });
  await commit({ message: '2', author: `Bob <${shared}>` });
  await commit({ message: '3', author: `Carl <${shared}>` });
  await commit({ message: '4', author: 'Eve <old@x.org>' });
  await commit({ message: '5', author: 'Someone <older@x.org>' });
  const { records } = await read(folder);
  const seen = records.toReversed().map((record) => {
    const facts = derived(record);
    return [
      facts.activities[0]?.person.value,
      facts.activities[0]?.person.name,
      facts.links?.[0] === undefined ? undefined : facts.links[0].b.value,
    ];
  });
  expect(seen).toEqual([
    [`Ada <${shared}>`, 'Ada', 'ada@x.org'],
    [`Bob <${shared}>`, 'Bob', 'bob@x.org'],
    [`Carl <${shared}>`, 'Carl', shared],
    // Git does not follow on from older to old to Eve: they stay two people.
    ['Eve <old@x.org>', 'Eve', 'eve@x.org'],
    ['older@x.org', 'Someone', 'old@x.org'],
  ]);
});

test('an address that is nobody’s own counts with its name, in its repository only', async () => {
  const { commit, folder } = await repository();
  await commit({ message: '1', author: 'root <root@localhost>' });
  await commit({ message: '2', author: 'Ann <>' });
  await commit({ message: '3', author: 'dependabot[bot] <49699333+dependabot[bot]@users.noreply.github.com>' });
  await commit({ message: '4', author: 'Lab <77-lab.user@users.noreply.gitlab.com>' });
  const people = (await read(folder)).records.toReversed().map((record) => derived(record));
  expect(
    people.map(({ activities }) => [
      activities[0]?.person.type,
      activities[0]?.person.host,
      activities[0]?.person.value,
      activities[0]?.person.bot,
    ]),
  ).toEqual([
    ['name', 'example', 'root <root@localhost>', undefined],
    ['name', 'example', 'Ann', undefined],
    ['email', undefined, '49699333+dependabot[bot]@users.noreply.github.com', true],
    ['email', undefined, '77-lab.user@users.noreply.gitlab.com', undefined],
  ]);
  expect(people.slice(2).map(({ links }) => show(links?.[0]?.b ?? { platform: '', type: 'name', value: '' }))).toEqual([
    'github github.com dependabot[bot] 49699333',
    'gitlab gitlab.com lab.user 77',
  ]);
});

test('reads only what is new, and says which commits a rewritten branch lost', async () => {
  const { commit, git: run, folder } = await repository();
  await commit({ message: '1' });
  const old = await commit({ message: '2' });
  const first = await read(folder);
  expect(first.pages.at(-1)?.total).toBe(2);
  await run('reset', '--quiet', '--hard', 'HEAD~1');
  const fresh = await commit({ message: '2, again' });
  const second = await read(folder, first.pages.at(-1)?.cursor);
  expect(second.records.map(({ sha }) => sha)).toEqual([fresh]);
  expect(second.pages.flatMap((page) => page.gone ?? [])).toEqual([old]);
  expect((await read(folder, second.pages.at(-1)?.cursor)).pages).toEqual([]);
});

test('finishes an interrupted walk from where it stood, also when commits came meanwhile', async () => {
  const { commit, git: run, folder } = await repository();
  const shas: string[] = [];
  for (const message of ['1', '2', '3', '4']) shas.unshift(await commit({ message }));
  const { pages } = await read(folder);
  const scope = readCursor(pages[0]?.cursor).scope ?? '';
  shas.unshift(await commit({ message: '5' }));
  const rest = await read(folder, { scope, walk: { tip: shas[1] ?? '', skip: 2 } });
  expect(rest.records.map(({ sha }) => sha)).toEqual([shas[3], shas[4], shas[0]]);
  // A walk whose tip is gone begins anew.
  expect((await read(folder, { scope, walk: { tip: 'f'.repeat(40), skip: 2 } })).records).toHaveLength(5);
  expect((await read(folder, 'of another version')).records).toHaveLength(5);
  expect(await run('rev-list', '--count', 'HEAD')).toBe('5');
});

test('looks at everything again when the .mailmap changed', async () => {
  const { commit, folder } = await repository();
  await commit({ message: '1', author: 'a <a@x.org>' });
  const first = await read(folder);
  await commit({ message: '2', files: { '.mailmap': 'Ann <ann@x.org> <a@x.org>\n' } });
  const second = await read(folder, first.pages.at(-1)?.cursor);
  expect(second.records.map((record) => derived(record).links?.length ?? 0)).toEqual([0, 1]);
});

test('reads from a date on, one branch, and a bare repository', async () => {
  const { commit, git: run, folder } = await repository();
  await commit({ message: 'old', date: '1600000000 +0000', author: 'a <a@x.org>', files: { '.mailmap': 'Ann <ann@x.org> <a@x.org>\n' } });
  await run('branch', 'release');
  await commit({ message: 'new' });
  expect((await read(folder, undefined, { since: new Date('2021-01-01') })).records.map(({ subject }) => subject)).toEqual(['new']);
  const branch = await readPages(commits, await io({ repository: folder, branch: 'release' }));
  expect(branch.flatMap((page) => page.items)).toHaveLength(1);
  await run('clone', '--quiet', '--bare', '.', 'bare.git');
  const bare = await read(path.join(folder, 'bare.git'));
  expect(bare.records.map((record) => record.author.mapped?.email)).toEqual([undefined, 'ann@x.org']);
});

test('reads what is not UTF-8 as what it is', async () => {
  const { git: run, folder, commit } = await repository();
  await commit({ message: 'x' });
  const tree = await run('rev-parse', 'HEAD^{tree}');
  async function raw(header: string, message: Buffer): Promise<void> {
    const file = path.join(folder, 'object');
    await writeFile(
      file,
      Buffer.concat([
        Buffer.from(
          `tree ${tree}\nauthor J\xfcrgen <j@x.org> 1700000000 +0100\ncommitter K <k@x.org> 1700000000 +0100\n${header}\n`,
          'latin1',
        ),
        message,
      ]),
    );
    await run('update-ref', 'HEAD', await run('hash-object', '-t', 'commit', '-w', '--literally', 'object'));
  }
  await raw('encoding ISO-8859-1\n', Buffer.from('Gr\xfc\xdfe', 'latin1'));
  expect((await read(folder)).records[0]).toMatchObject({ author: { name: 'Jürgen' }, subject: 'Grüße' });
  // Nothing says what these bytes are: one line is UTF-8, the others are not.
  await raw('', Buffer.concat([Buffer.from('Gr\xfc\xdfe\n\n', 'latin1'), Buffer.from('mit ☕\n')]));
  expect((await read(folder)).records[0]).toMatchObject({ author: { name: 'Jürgen' }, subject: 'Grüße', body: 'mit ☕' });
});

test('strips control characters and direction overrides from names and titles', async () => {
  const { commit, folder } = await repository();
  await commit({ message: 'Fix\u202e txt.exe\u0007 now', author: '\u202eeve\u0007 \u2066Evil <eve@x.org>' });
  const [activity] = derived((await read(folder)).records[0]).activities;
  expect([activity?.person.name, activity?.title]).toEqual(['eve Evil', 'Fix txt.exe now']);
});

test('a date of no clock is the committer’s; one of the future is refused and names the commit', async () => {
  const { commit, folder } = await repository();
  await commit({ message: 'no clock', date: '0 +0000', committed: '1700000000 +0000' });
  const future = await commit({ message: 'future', date: '4102444800 +0000', committed: '1700000000 +0000' });
  await commit({ message: 'odd zone', date: '1700000000 +9999' });
  const items = (await readPages(commits, await io({ repository: folder }))).flatMap((page) => page.items);
  const results = items.map((item) => commitRecord.safeParse(item));
  expect(results.map((result) => (result.success ? commitTimeOf(result.data) : result.error.issues[0]?.message))).toEqual([
    [1_700_000_000_000, undefined],
    `commit ${future.slice(0, 12)}: the date 2100-01-01 is more than two days in the future`,
    [1_700_000_000_000, 0],
  ]);
});

function commitTimeOf(record: CommitRecord): [number | undefined, number | undefined] {
  const [activity] = derived(record).activities;
  return [activity?.at, activity?.offset];
}

test('bounds a commit of a 20 MB message, of many files and of many trailers, and says what it left out', async () => {
  const { git: run, commit, folder } = await repository();
  await commit({ message: 'small' });
  const files = Array.from({ length: 700 }, (_, index) => `file-${index}`);
  for (const name of files) await writeFile(path.join(folder, name), 'x\n');
  await run('add', '.');
  await commit({ message: `many\n\n${Array.from({ length: 300 }, (_, index) => `Reviewed-by: R${index} <r${index}@x.org>`).join('\n')}` });
  const tree = await run('rev-parse', 'HEAD^{tree}');
  const parent = await run('rev-parse', 'HEAD~1');
  await writeFile(
    path.join(folder, 'object'),
    `tree ${tree}\nparent ${parent}\nauthor A <a@x.org> 1700000000 +0000\ncommitter A <a@x.org> 1700000000 +0000\n\nhuge\n\n${'z'.repeat(20_000_000)}\n`,
  );
  const huge = await run('hash-object', '-t', 'commit', '-w', 'object');
  await run('-c', 'user.name=A', '-c', 'user.email=a@x.org', 'merge', '--quiet', '-s', 'ours', '-m', 'both', huge);
  const bySubject = new Map((await read(folder)).raw.map((item) => [item['subject'], item]));
  expect(bySubject.get('many')).toMatchObject({ touched: 700, added: 700, omitted: { files: 200, trailers: 100 } });
  expect(derived(commitRecord.parse(bySubject.get('many'))).activities).toHaveLength(201);
  const big = bySubject.get('huge');
  expect(big).toMatchObject({ touched: 700, added: 700 });
  expect((big as { omitted: { message: number } }).omitted.message).toBeGreaterThan(19_000_000);
  expect(JSON.stringify(big).length).toBeLessThan(150_000);
  expect(derived(commitRecord.parse(big)).activities[0]?.text?.length).toBeLessThan(25_000);
});

/** Serves a repository's files, as git's plain ("dumb") protocol wants them, to whoever has the token. */
async function serve(folder: string): Promise<{ url: string; token: string }> {
  const token = 'very-secret-token';
  const server = createServer((request, response) => {
    if (request.headers.authorization !== `Basic ${Buffer.from(`oauth2:${token}`).toString('base64')}`) {
      response.writeHead(401, { 'www-authenticate': 'Basic' }).end();
      return;
    }
    const name = new URL(request.url ?? '', 'http://x').pathname.replace('/example/tool.git', '');
    void readFile(path.join(folder, '.git', name)).then(
      (bytes) => response.end(bytes),
      () => response.writeHead(404).end(),
    );
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  closing.push(() => new Promise((done) => server.close(done)));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/example/tool.git`, token };
}

test('copies a remote repository with a token that nobody else sees, and then only what is new', async () => {
  const { commit, git: run, folder } = await repository();
  await commit({ message: '1', author: 'a <a@x.org>', files: { '.mailmap': 'Ann <ann@x.org> <a@x.org>\n' } });
  await run('update-server-info');
  const { url, token } = await serve(folder);
  expect((await git.check(await io({ repository: url })))[0]?.detail).toMatch(/refuses to show .* enter a token/);
  const remote = await io({ repository: url, token });
  const first = await readPages(commits, remote);
  expect(first.flatMap((page) => page.items)).toMatchObject([{ subject: '1', author: { mapped: { email: 'ann@x.org' } } }]);
  await commit({ message: '2' });
  await run('update-server-info');
  // What a killed fetch leaves behind must not stand in the way.
  await writeFile(path.join(remote.workDir, 'repository.git', 'objects', 'pack', 'tmp_pack_x'), 'half');
  await writeFile(path.join(remote.workDir, 'repository.git', 'packed-refs.lock'), '');
  const second = await readPages(commits, remote, first.at(-1)?.cursor);
  expect(second.flatMap((page) => page.items)).toMatchObject([{ subject: '2' }]);
  for (const name of await readdir(remote.workDir, { recursive: true })) {
    const bytes = await readFile(path.join(remote.workDir, name)).catch(() => Buffer.alloc(0));
    expect(bytes.includes(token) || bytes.includes(Buffer.from(`oauth2:${token}`).toString('base64'))).toBe(false);
  }
  expect((await git.check(await io({ repository: `${url}x`, token })))[0]?.detail).toMatch(/no git repository at/);
});

test.each<[string, () => Promise<Record<string, unknown>>, RegExp]>([
  ['nothing there', async () => ({ repository: '/nowhere/at/all' }), /no folder \/nowhere\/at\/all/],
  ['a file', async () => ({ repository: import.meta.filename }), /is a file, not a git repository/],
  ['a plain folder', async () => ({ repository: os.tmpdir() }), /is not a git repository/],
  ['a folder inside a repository', async () => ({ repository: await subfolder() }), /is not a git repository/],
  ['no such branch', async () => ({ repository: (await repositoryWithCommit()).folder, branch: 'nope' }), /no branch "nope"/],
  ['a server that is not there', async () => ({ repository: 'http://127.0.0.1:1/x.git' }), /127\.0\.0\.1 could not be reached/],
  ['an address inside', async () => ({ repository: 'https://169.254.169.254/x.git' }), /not on the public internet/],
])('says plainly what is wrong: %s', async (_, settings, expected) => {
  const lines = await git.check(await io(await settings()));
  expect(lines[0]).toMatchObject({ ok: false, what: 'Read the repository' });
  expect(lines[0]?.detail).toMatch(expected);
});

async function repositoryWithCommit(): Promise<TestRepository> {
  const made = await repository();
  await made.commit({ message: 'x', files: { a: '1\n' } });
  return made;
}

async function subfolder(): Promise<string> {
  const folder = path.join((await repositoryWithCommit()).folder, 'inside');
  await mkdir(folder);
  return folder;
}

test('says that a repository is empty, or that its history is cut off', async () => {
  const empty = await repository();
  expect((await git.check(await io({ repository: empty.folder })))[1]?.detail).toMatch(/empty: nothing was committed/);
  expect((await read(empty.folder)).pages).toEqual([]);
  const full = await repositoryWithCommit();
  await full.commit({ message: 'y' });
  await full.git('clone', '--quiet', '--depth=1', `file://${full.folder}`, 'shallow');
  expect((await git.check(await io({ repository: path.join(full.folder, 'shallow') }))).at(-1)?.detail).toMatch(/shallow copy/);
});

test.each([
  '--upload-pack=touch /tmp/x',
  '-x',
  'ext::sh -c touch% x',
  'fd::7',
  'ssh://-oProxyCommand=x/y',
  'ftp://example.org/x',
  'https://user:token@example.org/x.git',
  'a\u0000b',
])('refuses %j, which git could take for a command', async (repositoryText) => {
  const lines = git.settings.safeParse({ repository: repositoryText }).success
    ? await git.check(await io({ repository: repositoryText }))
    : [{ ok: false }];
  expect(lines[0]?.ok).toBe(false);
});

test('a repository never starts anything: hooks, monitors, filters, signature checks, lazy fetches', async () => {
  const { git: run, commit, folder } = await repository();
  await commit({ message: 'x', files: { a: 'one\n', '.gitattributes': '* diff=evil filter=evil\n' } });
  await commit({ message: 'y', files: { a: 'two\n' } });
  const witness = path.join(folder, 'witness');
  const script = path.join(folder, 'evil.sh');
  await writeFile(script, `#!/bin/sh\ntouch ${witness}\n`, { mode: 0o755 });
  for (const name of [
    'core.fsmonitor',
    'core.pager',
    'core.sshCommand',
    'diff.external',
    'diff.evil.command',
    'diff.evil.textconv',
    'filter.evil.clean',
    'filter.evil.smudge',
    'gpg.program',
    'core.askPass',
    'uploadpack.packObjectsHook',
    'core.alternateRefsCommand',
  ]) {
    await run('config', name, script);
  }
  await run('config', 'log.showSignature', 'true');
  await run('config', 'remote.origin.url', `ext::${script}`);
  await run('config', 'remote.origin.promisor', 'true');
  await run('config', 'extensions.partialClone', 'origin');
  await run('config', 'core.repositoryFormatVersion', '1');
  await run('config', 'core.hooksPath', folder);
  expect((await read(folder)).records).toHaveLength(2);
  expect((await git.check(await io({ repository: folder })))[0]?.ok).toBe(true);
  for (const stream of git.streams) await readPages(stream, await io({ repository: folder }));
  await expect(stat(witness)).rejects.toThrow('ENOENT');
});

test('does not follow a .mailmap that is a link out of the repository', async () => {
  const { commit, folder } = await repository();
  const outside = await mkdtemp(path.join(os.tmpdir(), 'rapport-outside-'));
  closing.push(() => rm(outside, { recursive: true }));
  await writeFile(path.join(outside, 'map'), 'Eve <eve@x.org> <ada@example.org>\n');
  await symlink(path.join(outside, 'map'), path.join(folder, '.mailmap'));
  await commit({ message: 'x' });
  expect((await read(folder)).records[0]?.author.mapped).toBeUndefined();
});

test('says that a history is broken, and keeps what came before', async () => {
  const { git: run, folder, commit } = await repository();
  await commit({ message: '1', files: { a: '1\n' } });
  await commit({ message: '2' });
  const root = await run('rev-parse', 'HEAD~1');
  await rm(path.join(folder, '.git', 'objects', root.slice(0, 2), root.slice(2)));
  await expect(read(folder)).rejects.toMatchObject({ code: 'git.broken' });
});

test('tags are releases by whoever made them', async () => {
  const source = await openOffline();
  closing.push(() => source.close());
  const [, tags] = git.streams;
  const pages = tags === undefined ? [] : await readPages(tags, await io(source.settings));
  const releases = pages
    .flatMap((page) => page.items)
    .map(
      (item) => tags?.derive(tags.record.parse(item) as never, parsed({ repository: 'https://github.com/example/tool.git' })).activities[0],
    );
  expect(releases.map((release) => [release?.kind, release?.title, release?.text, release?.person.value, release?.url])).toEqual([
    ['release', 'v0.1', 'Merge side', 'ada@example.org', 'https://github.com/example/tool/releases/tag/v0.1'],
    ['release', 'v1.0', 'The first release', 'ada@example.org', 'https://github.com/example/tool/releases/tag/v1.0'],
  ]);
});

test.each([
  ['https://github.com/git/git.git', 'git/git', 'https://github.com/git/git/commit/abc'],
  ['git@gitlab.com:group/sub/project.git', 'sub/project', 'https://gitlab.com/group/sub/project/-/commit/abc'],
  ['ssh://git@codeberg.org/a/b', 'a/b', 'https://codeberg.org/a/b/commit/abc'],
  ['/srv/git/tool.git', 'tool', undefined],
  ['/home/ann/tool/.git', 'tool', undefined],
])('%s is called %s', async (repositoryText, name, url) => {
  const settings = parsed({ repository: repositoryText });
  expect(git.nameOf(settings)).toBe(name);
  const record: CommitRecord = {
    sha: 'abc',
    parents: 0,
    author: { name: 'A', email: 'a@x.org' },
    authored: [1.7e9, 0],
    committed: [1.7e9, 0],
    subject: '',
    touched: 0,
    added: 0,
    removed: 0,
  };
  expect(derived(record, { repository: repositoryText }).activities[0]?.url).toBe(url);
});
