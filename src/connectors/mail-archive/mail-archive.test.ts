import { appendFile, mkdir, mkdtemp, readFile, rename, rm, utimes, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, expect, test } from 'vitest';
import type { ActivityDraft, Json, Page } from '../contract.ts';
import { readPages, testIo } from '../kit/testing.ts';
import { mailArchive } from './index.ts';
import { readAuthor, readMailbox } from './people.ts';
import { ownText, plainSubject } from './text.ts';

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

const [messages] = mailArchive.streams;
if (messages === undefined) throw new Error('The connector has no stream.');
const stream = messages;
const fixture = path.join(import.meta.dirname, 'fixtures', 'list.mbox');

async function folder(): Promise<string> {
  const made = await mkdtemp(path.join(os.tmpdir(), 'rapport-mail-'));
  closing.push(() => rm(made, { recursive: true, force: true }));
  return made;
}

async function open(target: string, settings: Record<string, unknown> = {}, more: Parameters<typeof testIo>[2] = {}) {
  const made = await testIo(mailArchive, { path: target, ...settings }, more);
  closing.push(made.close);
  return made.io;
}

const itemsOf = (pages: Page[]) => pages.flatMap((page) => page.items) as { [key: string]: Json }[];
const idsOf = (pages: Page[]) => itemsOf(pages).map(({ id }) => id);

async function activitiesOf(target: string, settings: Record<string, unknown> = {}): Promise<ActivityDraft[]> {
  const io = await open(target, settings);
  return itemsOf(await readPages(stream, io)).flatMap((item) => stream.derive(stream.record.parse(item) as never, io.settings).activities);
}

const mail = (index: number, text = 'Hello') =>
  `From ann@example.org Fri Mar  1 08:00:00 2024\nFrom: Ann <ann@example.org>\nDate: Fri, 1 Mar 2024 10:00:00 +0000\nSubject: ${index}\nMessage-ID: <${index}@example.org>\n\n${text}\n\n`;

test('reads threads with their people, texts and times', async () => {
  const found = await activitiesOf(fixture);
  expect(found.slice(0, 4)).toEqual([
    {
      kind: 'post',
      at: Date.UTC(2024, 2, 1, 8),
      offset: 120,
      person: { platform: 'email', type: 'email', value: 'ann@example.org', name: 'Ann Lee' },
      thread: {
        externalId: 'one@example.org',
        kind: 'topic',
        title: 'Café release',
        labels: ['dev.lists.example.org'],
        opens: true,
        url: 'https://lists.example.org/archives/one',
      },
      title: '[dev] Café release',
      text: 'The café release is out.\n\nFrom now on it is faster.',
      url: 'https://lists.example.org/archives/one',
    },
    {
      kind: 'reply',
      at: Date.UTC(2024, 2, 1, 9),
      offset: 60,
      person: { platform: 'email', type: 'email', value: 'bob@example.org', name: 'Böb' },
      thread: { externalId: 'one@example.org', kind: 'topic', title: 'Café release', labels: ['dev.lists.example.org'] },
      title: 'Re: [dev] Café release',
      text: 'Thanks, it works!\n\nFrom here it looks good.\nFrom the other side Fri Mar  1 09:00:00 2024 too.',
    },
    // Rewritten by the list; its clock was not set, so that the time of delivery counts.
    {
      kind: 'post',
      at: Date.UTC(2024, 2, 1, 10),
      person: { platform: 'email', type: 'email', value: 'cat@example.org', name: 'Cat Doe' },
      thread: { externalId: 'three@example.org', kind: 'topic', title: 'A question', labels: ['dev.lists.example.org'], opens: true },
      title: 'A question',
      text: 'How?',
    },
    expect.objectContaining({
      platformType: 'auto-submitted',
      person: { platform: 'email', host: 'dev.lists.example.org', type: 'name', value: 'Dan', name: 'Dan' },
    }),
  ]);
});

test('keeps a message that cannot be read with the reason, and a second one of the same id as the same', async () => {
  const io = await open(fixture, { webArchive: 'https://lore.example.org/dev/{id}/' });
  const pages = await readPages(stream, io);
  expect(pages.flatMap((page) => page.unreadable ?? []).map(({ reason }) => reason)).toEqual([
    'list.mbox: the message has no sender (From)',
  ]);
  expect(idsOf(pages)).toEqual(['one@example.org', 'two@example.org', 'three@example.org', expect.stringMatching(/^#/), 'two@example.org']);
  const urls = itemsOf(pages).map((item) => stream.derive(stream.record.parse(item) as never, io.settings).activities[0]?.url);
  expect(urls).toEqual([
    'https://lists.example.org/archives/one',
    'https://lore.example.org/dev/two@example.org/',
    'https://lore.example.org/dev/three@example.org/',
    undefined,
    'https://lore.example.org/dev/two@example.org/',
  ]);
});

test('reads a folder of archives, and on where mail was added', async () => {
  const made = await folder();
  const growing = path.join(made, '2024-03.mbox');
  await writeFile(path.join(made, '2024-02.txt.gz'), gzipSync(mail(1) + mail(2)));
  await writeFile(growing, mail(3));
  await writeFile(path.join(made, 'README'), 'Nothing');
  const io = await open(made);
  expect((await mailArchive.check(io))[0]?.detail).toMatch(/^2 mbox files.* left out: README/);
  const first = await readPages(stream, io);
  expect(idsOf(first)).toEqual(['1@example.org', '2@example.org', '3@example.org']);
  expect(itemsOf(await readPages(stream, io, first.at(-1)?.cursor))).toEqual([]);
  await appendFile(growing, mail(4));
  const second = await readPages(stream, io, first.at(-1)?.cursor);
  expect(idsOf(second)).toEqual(['4@example.org']);
  // Another file under the old name is read from its beginning.
  await writeFile(growing, mail(5, 'x'.repeat(3000)));
  expect(idsOf(await readPages(stream, io, second.at(-1)?.cursor))).toEqual(['5@example.org']);
});

test('reads a Maildir, and what comes later, also when old mail is put in', async () => {
  const made = await folder();
  for (const part of ['cur', 'new', 'tmp']) await mkdir(path.join(made, part));
  const put = async (name: string, index: number, day: number) => {
    await writeFile(path.join(made, name), mail(index).replace(/^From .*\n/, ''));
    await utimes(path.join(made, name), new Date(2024, 2, day), new Date(2024, 2, day));
  };
  await put('cur/100.a:2,S', 1, 1);
  await put('new/200.b', 2, 2);
  const io = await open(made);
  const first = await readPages(stream, io);
  expect([idsOf(first), first[0]?.total]).toEqual([['1@example.org', '2@example.org'], 2]);
  // Marked as read: the same mail.
  await rename(path.join(made, 'new/200.b'), path.join(made, 'cur/200.b:2,S'));
  await put('new/300.c', 3, 3);
  const second = await readPages(stream, io, first.at(-1)?.cursor);
  expect(idsOf(second)).toEqual(['3@example.org']);
  expect(await readPages(stream, io, second.at(-1)?.cursor)).toEqual([]);
  await put('cur/050.d:2,S', 4, 1);
  expect(idsOf(await readPages(stream, io, second.at(-1)?.cursor))).toContain('4@example.org');
});

test('goes on at the message where it stopped, in pages of a bounded size', async () => {
  const made = await folder();
  const many = Array.from({ length: 450 }, (_, index) => mail(index, `Text ${'é'.repeat(index)}\n>From x`)).join('');
  for (const [name, content] of [
    ['a.mbox', Buffer.from(many)],
    ['a.mbox.gz', gzipSync(many)],
    ['windows.mbox', Buffer.from(many.replaceAll('\n', '\r\n'))],
  ] as const) {
    await writeFile(path.join(made, name), content);
    const io = await open(path.join(made, name));
    const pages = await readPages(stream, io);
    expect(pages.map(({ items }) => items.length)).toEqual([200, 200, 50]);
    const rest = await readPages(stream, io, pages[0]?.cursor);
    expect(itemsOf(rest)).toEqual(itemsOf(pages.slice(1)));
    expect(itemsOf(pages)[300]).toMatchObject({ subject: '300', text: expect.stringContaining('é\nFrom x') as string });
  }
});

test('a truncated archive gives what it holds, then a clear error; the other files are read', async () => {
  const made = await folder();
  const whole = gzipSync(Array.from({ length: 3000 }, (_, index) => mail(index, String(Math.sin(index)).repeat(20))).join(''));
  await writeFile(path.join(made, 'a.mbox.gz'), whole.subarray(0, whole.length / 2));
  await writeFile(path.join(made, 'b.mbox'), mail(9999));
  const warnings: string[] = [];
  const seen = idsOf(await readPages(stream, await open(made, {}, { warn: (message) => warnings.push(message) })));
  expect(seen.length).toBeGreaterThan(500);
  expect(seen).toContain('9999@example.org');
  expect(warnings).toEqual([expect.stringMatching(/a\.mbox\.gz is cut off/)]);
  const alone = await open(path.join(made, 'a.mbox.gz'));
  await expect(readPages(stream, alone)).rejects.toMatchObject({ code: 'mail.truncated' });
});

test('keeps the beginning of a message of twenty megabytes, and reads the next', async () => {
  const made = await folder();
  const target = path.join(made, 'a.mbox');
  await writeFile(target, mail(1) + mail(2, `Begin\n${'x'.repeat(20_000_000)}`) + mail(3, `${'y'.repeat(70)}\n`.repeat(40_000)) + mail(4));
  const io = await open(target);
  const items = itemsOf(await readPages(stream, io));
  expect(items.map(({ id, cut }) => [id, cut ?? false])).toEqual([
    ['1@example.org', false],
    ['2@example.org', true],
    ['3@example.org', true],
    ['4@example.org', false],
  ]);
  expect(JSON.stringify(items[1]).length).toBeLessThan(110_000);
});

test('obeys "since", and says what is no archive', async () => {
  const io = await open(fixture, {}, { since: new Date('2024-03-01T10:30:00Z') });
  expect(itemsOf(await readPages(stream, io))).toHaveLength(2);
  const made = await folder();
  await writeFile(path.join(made, 'x'), await readFile(import.meta.filename));
  const detail = async (target: string) => (await mailArchive.check(await open(target)))[0]?.detail;
  expect(await detail(path.join(made, 'x'))).toMatch(/is not an mbox file/);
  expect(await detail(made)).toMatch(/holds no mbox file, and is no Maildir/);
  expect(await detail('/nowhere/at/all')).toMatch(/There is nothing at/);
});

test('survives hostile mail', async () => {
  const made = await folder();
  const nested = Array.from({ length: 300 }, (_, index) => `Content-Type: multipart/mixed; boundary=b${index}\n\n--b${index}\n`).join('');
  const head = 'From x Fri Mar  1 08:00:00 2024\nDate: Fri, 1 Mar 2024 10:00:00 +0000\n';
  await writeFile(
    path.join(made, 'a.mbox'),
    [
      `${head}From: \u202eevil\u0007 <evil@example.org>\nSubject: a\u0000b\nMessage-ID: <h1@x>\n\nText \u0000\n\n`,
      `${head}From: a@example.org\nMessage-ID: <h2@x>\n${nested}\n\n`,
      `${head}From: ${'a'.repeat(100_000)}@example.org\nMessage-ID: <${'i'.repeat(800)}@x>\nReferences: ${'<r@x> '.repeat(5000)}\n\nx\n\n`,
      `${head}From: J\u00fcrgen <j@example.org>\nMessage-ID: <h4@x>\n\nx\n`,
    ]
      .map((text, index) => Buffer.from(text, index === 3 ? 'latin1' : 'utf8'))
      .reduce((all, next) => Buffer.concat([all, next])),
  );
  const io = await open(path.join(made, 'a.mbox'));
  const pages = await readPages(stream, io);
  expect(pages.flatMap((page) => page.unreadable ?? []).map(({ reason }) => reason)).toEqual([
    expect.stringContaining('cannot be read') as string,
  ]);
  const people = itemsOf(pages).map((item) => stream.derive(stream.record.parse(item) as never, io.settings).activities[0]?.person);
  expect(people.map((person) => person?.name)).toEqual(['evil', expect.anything(), 'Jürgen']);
});

test.each<[string, string, string]>([
  ['goran at domain.com (Göran L)', 'Göran L', 'goran@domain.com'],
  ['lucía at example.org (=?UTF-8?Q?Luc=eda?=)', 'Luc\ufffda', 'lucía@example.org'],
  ['Ann Lee <ann at example.org>', 'Ann Lee', 'ann@example.org'],
  ['ann (at) example.org', '', 'ann@example.org'],
  ['"Lee, Ann" <ann@example.org>', 'Lee, Ann', 'ann@example.org'],
  ['ann@example.org', '', 'ann@example.org'],
  ['=?utf-8?q?Zo=C3=AB?= <zoe@example.org>', 'Zoë', 'zoe@example.org'],
])('reads the sender %j', (header, name, address) => {
  expect(readMailbox(header)).toEqual({ name, address });
});

test('finds who wrote it behind what the list wrote', () => {
  const list = ['dev@lists.example.org'];
  const author = (from: string, replyTo?: string, originalFrom?: string) => readAuthor({ from, replyTo, originalFrom, list });
  expect(author('Ann via dev <dev@lists.example.org>', undefined, 'Ann Lee <ann@example.org>')).toEqual({
    name: 'Ann',
    address: 'ann@example.org',
  });
  expect(author('Ann <ann@example.org>', 'Bob <bob@example.org>')).toEqual({ name: 'Ann', address: 'ann@example.org' });
  expect(author('dev@lists.example.org', 'Ann Lee <ann@example.org>')).toEqual({ name: 'Ann Lee', address: 'ann@example.org' });
  expect(author('', 'x@example.org')).toBeUndefined();
});

test.each([
  ['Yes.\n\nOn Mon, Ann wrote:\n> No?\n> Why?\n\nBecause.\n-- \nBob', 'Yes.\n\nBecause.'],
  ['Hi\n\n-----Original Message-----\nFrom: x', 'Hi'],
  ['A list:\n> quoted', 'A list:'],
  ['Am 1.3.2024 um 10:00 schrieb Ann:\n> x\ny', 'y'],
  ['> only quoted', ''],
  ['What Bob wrote:\n\nOn Mon, Ann wrote:\n> a\n> b', 'What Bob wrote:'],
])('leaves of %j what it says itself', (given, expected) => {
  expect(ownText(given)).toBe(expected);
});

test.each([
  ['Re: [dev] AW: Re[2]: [PATCH v2] Fix', 'Fix'],
  ['[dev]', '[dev]'],
  ['Regarding: this', 'Regarding: this'],
])('makes the title of %j', (given, expected) => {
  expect(plainSubject(given)).toBe(expected);
});
