import { createHmac } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, expect, test } from 'vitest';
import type { Derived, Json, Page } from '../contract.ts';
import { readPages, testIo } from '../kit/testing.ts';
import { dryRun } from './dry-run.ts';
import { file } from './index.ts';
import { fileRecord } from './records.ts';
import { fileSettings } from './settings.ts';

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

const [rows] = file.streams;
if (rows === undefined) throw new Error('The file connector has no stream.');
const stream = rows;

async function write(name: string, content: string | Buffer): Promise<string> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'rapport-file-'));
  closing.push(() => rm(folder, { recursive: true, force: true }));
  await writeFile(path.join(folder, name), content);
  return path.join(folder, name);
}

async function read(
  target: string,
  settings: Record<string, unknown> = {},
  cursor?: Page['cursor'],
): Promise<{ items: { [key: string]: Json }[]; refused: string[]; derived: Derived[]; pages: Page[]; said: string[] }> {
  const said: string[] = [];
  const { io, close } = await testIo(file, { path: target, ...settings }, { log: (message) => said.push(message) });
  closing.push(close);
  const pages = await readPages(stream, io, cursor);
  const items = pages.flatMap((page) => page.items) as { [key: string]: Json }[];
  return {
    pages,
    items,
    said,
    refused: pages.flatMap((page) => page.unreadable ?? []).map(({ reason }) => reason),
    derived: items.map((item) => stream.derive(fileRecord.parse(item) as never, io.settings)),
  };
}

const lines = (...text: string[]) => `${text.join('\n')}\n`;

test('reads activities by whatever their columns are called', async () => {
  const { derived } = await read(path.join(import.meta.dirname, 'fixtures', 'activities.csv'));
  expect(derived.map(({ activities }) => activities[0])).toMatchObject([
    {
      kind: 'question',
      at: Date.UTC(2024, 2, 1, 8),
      offset: 60,
      person: { platform: 'discourse', type: 'account', value: 'zoe', name: 'Zoë Ωmega' },
      thread: { externalId: 't1' },
      title: 'How do I start, please?',
      text: 'First line.\n\nSecond "line".',
      url: 'https://forum.example.org/t/1',
      value: 3,
    },
    { kind: 'reply', at: Date.UTC(2024, 2, 1, 9, 30), person: { value: 'grace' } },
    { kind: 'accepted_answer', person: { value: 'ada' }, value: 12 },
  ]);
  expect(derived[0]?.links).toMatchObject([{ a: { value: 'zoe' }, b: { platform: 'email', value: 'zoe@example.org' }, proof: 'import' }]);
});

test('reads members with all their identities, and where they work', async () => {
  const target = await write(
    'people.csv',
    lines(
      'Full Name;E-Mail;GitHub;Twitter;Company;Job Title;Start Date;End Date',
      'Ann Lee;ann@example.org, ann@work.example;https://github.com/annlee;@ann;Example Inc;Engineer;2023-01-01;2024-06-30',
    ),
  );
  const [derived] = (await read(target)).derived;
  expect(derived?.people?.map(({ platform, host, value }) => [platform, host, value])).toEqual([
    ['github', 'github.com', 'annlee'],
    ['x', undefined, 'ann'],
    ['email', undefined, 'ann@example.org'],
    ['email', undefined, 'ann@work.example'],
  ]);
  expect(derived?.people?.[0]).toMatchObject({ name: 'Ann Lee', organizationName: 'Example Inc' });
  expect(derived?.links).toHaveLength(3);
  expect(derived?.links?.[0]?.reason).toBe('A row of people.csv lists annlee (github) and ann (x) as one person');
  expect(derived?.affiliations).toEqual([
    {
      person: { platform: 'github', type: 'account', value: 'annlee', host: 'github.com' },
      organization: 'Example Inc',
      from: '2023-01-01',
      to: '2024-06-30',
      role: 'Engineer',
    },
  ]);
});

test('reads organizations and affiliations', async () => {
  const organizations = await read(
    await write('o.csv', lines('Company,Domains,Kind,ARR', 'Example Inc,"example.org, example.com",company,"$1,200.50"')),
  );
  expect(organizations.derived[0]?.organizations).toEqual([
    { name: 'Example Inc', domains: ['example.org', 'example.com'], kind: 'company', annualRecurringRevenue: 1200.5 },
  ]);
  const affiliations = await read(await write('a.csv', lines('email,organization,from,to', 'ann@example.org,Example Inc,2023-01-01,')));
  expect(affiliations.derived[0]?.affiliations).toMatchObject([
    { person: { value: 'ann@example.org' }, organization: 'Example Inc', from: '2023-01-01' },
  ]);
});

test('reads JSON Lines, of several sorts in one file', async () => {
  const target = await write(
    'x.jsonl',
    lines(
      '{"kind":"post","at":1709289000,"platform":"slack","account":"ann","id":7,"text":"hi","unknown":{"a":1}}',
      '',
      '{"row":"member","name":"Bob","email":["bob@example.org"]}',
      '{"row":"organization","name":"Example Inc"}',
    ),
  );
  const { items, refused, derived } = await read(target);
  expect(refused).toEqual([]);
  expect(items.map(({ row, id }) => [row, typeof id === 'string' && id.startsWith('#') ? '#' : id])).toEqual([
    ['activity', '7'],
    ['member', '#'],
    ['organization', '#'],
  ]);
  expect(derived[1]?.people?.[0]).toMatchObject({ value: 'bob@example.org', name: 'Bob' });
});

test('refuses a bad row, names its line and why, and reads all the others', async () => {
  const target = await write(
    'bad.csv',
    lines(
      'id,kind,at,platform,account',
      'a,post,2024-01-01,slack,ann',
      'b,dance,2024-01-01,slack,ann',
      'c,post,2099-01-01,slack,ann',
      'd,post,some day,slack,ann',
      'e,post,2024-01-01,,ann',
      'f,post,2024-01-01,slack,ann,too,many',
      'g,post,2024-01-01,slack,"never closed',
      'h,post,2024-01-01,slack,b"ob',
      'i,post,2024-01-01,,',
      `j,post,2024-01-01,slack,${'x'.repeat(5000)}`,
      'k,post,1969-01-01,slack,ann',
      'z,post,2024-01-01,slack,zoe',
    ),
  );
  const { items, refused } = await read(target);
  expect(items.map(({ id }) => id)).toEqual(['a', 'z']);
  expect(refused.map((reason) => /^line \d+/.exec(reason)?.[0])).toEqual(Array.from({ length: 10 }, (_, index) => `line ${index + 3}`));
  expect(refused.join('\n')).toMatch(
    /"dance" is not a kind of activity(.|\n)*future(.|\n)*cannot be read(.|\n)*needs a platform(.|\n)*7 cells, the header 5(.|\n)*never closed(.|\n)*names nobody(.|\n)*before 2 January 1970/,
  );
  const report = await dryRun(fileSettings.parse({ path: target }));
  expect([report.kind, report.rows, report.refusedRows, report.refused.length]).toEqual(['activity', 2, 10, 10]);
  expect(report.refused[0]?.line).toBe(3);
});

test('a stray quote costs one row, wherever the next quote is', async () => {
  const quoted = Array.from({ length: 30 }, (_, index) =>
    index === 4 || index === 20 ? `"open ${index},x@example.org` : `P${index},p${index}@example.org`,
  );
  const { items, refused } = await read(await write('q.csv', lines('name,email', ...quoted)));
  expect([items.length, refused.length]).toEqual([28, 2]);
});

test('bad JSON costs one line', async () => {
  const target = await write(
    'x.jsonl',
    lines('{"name":"a","email":"a@x.org"}', '{"name":', '[1]', 'null', '{"name":"b","email":"b@x.org","__proto__":{"x":1}}'),
  );
  const { items, refused } = await read(target);
  expect(items).toHaveLength(2);
  expect(refused).toEqual([
    'line 2: the line is not a JSON object',
    'line 3: the line is not a JSON object',
    'line 4: the line is not a JSON object',
  ]);
});

test.each<[string, (text: string) => Buffer]>([
  ['UTF-8 with a mark', (text) => Buffer.from(`\ufeff${text}`)],
  ['UTF-16 with a mark', (text) => Buffer.from(`\ufeff${text}`, 'utf16le')],
  ['UTF-16 without', (text) => Buffer.from(text, 'utf16le')],
  ['big-endian UTF-16', (text) => Buffer.from(`\ufeff${text}`, 'utf16le').swap16()],
  ['Latin-1', (text) => Buffer.from(text, 'latin1')],
  ['Windows line ends', (text) => Buffer.from(text.replaceAll('\n', '\r\n'))],
  ['gzip', (text) => gzipSync(text)],
])('reads %s', async (name, encode) => {
  const { items, said } = await read(await write('x.csv', encode(lines('name,email', 'Jürgen Müller,j@example.org', 'Ann,a@example.org'))));
  expect(items.map((item) => item['name'])).toEqual(['Jürgen Müller', 'Ann']);
  expect(said).toEqual(name === 'Latin-1' ? ['1 lines of x.csv are not UTF-8 and were read as Latin-1.'] : []);
});

test('a truncated archive gives what it holds, then a clear error', async () => {
  const whole = gzipSync(
    lines('name,email', ...Array.from({ length: 50_000 }, (_, index) => `P${index * 7919},p${index * 104_729}@example.org`)),
  );
  const target = await write('cut.csv.gz', whole.subarray(0, whole.length / 2));
  const { io, close } = await testIo(file, { path: target });
  closing.push(close);
  let seen = 0;
  const reading = (async () => {
    for await (const page of stream.pages(io, undefined)) seen += page.items.length;
  })();
  await expect(reading).rejects.toMatchObject({ code: 'file.truncated' });
  expect(seen).toBeGreaterThan(5000);
  await expect(read(await write('broken.gz', Buffer.concat([whole.subarray(0, 300), Buffer.alloc(2000, 7)])))).rejects.toMatchObject({
    code: 'file.damaged',
  });
});

test('goes on at the byte where it stopped, also after rows of several lines', async () => {
  const many = Array.from({ length: 12_000 }, (_, index) =>
    index % 1000 === 0 ? `"P\n${index}",p${index}@example.org` : `Pé${index},p${index}@example.org`,
  );
  for (const target of [
    await write('x.csv', lines('name,email', ...many)),
    await write('x.csv.gz', gzipSync(lines('name,email', ...many))),
  ]) {
    const { pages } = await read(target);
    expect(pages.map((page) => page.items.length)).toEqual([5000, 5000, 2000]);
    const rest = await read(target, {}, pages[0]?.cursor);
    expect(rest.items).toEqual(pages.slice(1).flatMap((page) => page.items));
    expect(rest.pages.at(-1)?.cursor).toEqual(pages.at(-1)?.cursor);
  }
});

test('a row is the same item wherever it stands, and a changed file is read again', async () => {
  const target = await write('x.csv', lines('name,email', 'A,a@x.org', 'B,b@x.org'));
  const first = await read(target);
  await writeFile(target, lines('name,email', 'B,b@x.org', 'C,c@x.org', 'C,c@x.org'));
  const second = await read(target, {}, first.pages.at(-1)?.cursor);
  const ids = (items: { [key: string]: Json }[]) => items.map((item) => item['id']);
  expect(ids(second.items)[0]).toBe(ids(first.items)[1]);
  expect(new Set(ids(second.items)).size).toBe(2);
});

test('a line of more than ten megabytes is refused without being held', async () => {
  const target = await write(
    'x.jsonl',
    `{"name":"a","email":"a@x.org"}\n{"name":"${'x'.repeat(12_000_000)}"}\n{"name":"b","email":"b@x.org"}\n`,
  );
  const { items, refused } = await read(target);
  expect([items.length, refused]).toEqual([2, ['line 2: the line is longer than 10 MB']]);
});

test.each<[string, string | Buffer, RegExp]>([
  ['nothing', '', /is empty/],
  ['no known column', lines('foo,bar', '1,2'), /No column of .* is known \(foo, bar\)/],
  ['a picture', Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]), /No column|is empty/],
])('says plainly what is wrong with a file of %s', async (_, content, expected) => {
  const { io, close } = await testIo(file, { path: await write('x.csv', content) });
  closing.push(close);
  expect(await file.check(io)).toMatchObject([{ ok: false, detail: expect.stringMatching(expected) as unknown }]);
});

test('says that there is no such file', async () => {
  const { io, close } = await testIo(file, { path: '/nowhere/x.csv' });
  closing.push(close);
  expect((await file.check(io))[0]?.detail).toMatch(/no file \/nowhere\/x\.csv/);
});

const secret = 'a-secret-of-more-than-16';
const sentAt = new Date('2024-03-01T10:00:00Z');

function sent(body: string | Buffer, settings: Record<string, unknown> = {}) {
  const parsed = fileSettings.parse({ secret, ...settings });
  const time = String(sentAt.getTime() / 1000);
  const signature = `sha256=${createHmac('sha256', secret).update(`${time}.`).update(body).digest('hex')}`;
  const request = {
    headers: { 'x-rapport-timestamp': time, 'x-rapport-signature': signature },
    body: Buffer.from(body),
    receivedAt: sentAt,
  };
  file.webhook?.verify(request, parsed);
  const news = file.webhook?.read(request, parsed);
  const [page] = news?.pages ?? [];
  return {
    items: page?.items ?? [],
    unreadable: page?.unreadable ?? [],
    answer: news?.answer?.json as { rows: number; refused: { line: number; reason: string }[] },
  };
}

test.each<[string, string]>([
  ['CSV', lines('Full Name;E-Mail;GitHub', '"Ann\nLee";ann@example.org;annlee', '', 'Bob;bob@example.org;', 'Ann;a@x.org;"open')],
  ['Windows CSV with a mark', `\ufeff${lines('name,email', 'Ann,ann@example.org', 'Bob,b@x.org').replaceAll('\n', '\r\n')}`],
  [
    'JSON Lines',
    lines(
      '{"row":"member","name":"Ann","email":["ann@example.org"]}',
      '',
      '{"kind":"post","at":1709289000,"platform":"slack","account":"x"}',
      '{"name"',
    ),
  ],
])('rows that are sent as %s are those that a file would give', async (_, content) => {
  const { items, refused } = await read(await write('x.txt', content));
  const { items: given, answer } = sent(content);
  expect(given).toEqual(items);
  expect([answer.rows, answer.refused.map(({ reason }) => reason)]).toEqual([items.length, refused]);
});

test('a JSON list is read as the lines that it would make; what is refused goes to quarantine and is said', async () => {
  const list = [{ kind: 'post', at: '2024-03-01', platform: 'slack', account: 'ann' }, { kind: 'dance', at: 1 }, 5];
  const { items, refused } = await read(await write('x.jsonl', lines(...list.map((row) => JSON.stringify(row)))));
  const { items: given, unreadable, answer } = sent(JSON.stringify(list, undefined, 2));
  expect([given[0], answer.rows, answer.refused.map(({ reason }) => reason)]).toEqual([items[0], 1, refused]);
  expect(unreadable.map(({ raw, reason }) => [raw, reason])).toEqual([
    ['{"kind":"dance","at":1}', refused[0]],
    ['5', refused[1]],
  ]);
  expect(sent('{"name":"Ann",\n"email":"ann@example.org"}').answer.rows).toBe(1);
  for (const [body, why] of [
    ['', /no rows/],
    ['[1', /JSON list and is none/],
    ['foo,bar\n1,2', /No column of the request/],
  ] as const)
    expect(() => sent(body)).toThrow(why);
});

test('takes rows only with the secret, and needs no file', async () => {
  expect(() => sent('[]', { secret: 'another-secret-of-16' })).toThrow('not signed as agreed');
  expect(() => sent('[]', { secret: undefined })).toThrow('no secret yet');
  const { io, close } = await testIo(file, { secret });
  closing.push(close);
  expect(await readPages(stream, io)).toEqual([]);
  expect(await file.check(io)).toMatchObject([{ ok: true, detail: expect.stringContaining('sends them') as unknown }]);
  expect([file.nameOf(io.settings), file.localPath?.(io.settings)]).toEqual(['Rows by webhook', undefined]);
  await expect(dryRun(io.settings)).rejects.toMatchObject({ code: 'file.no_path' });
});
