import { createHmac } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import type { WebhookRequest } from '../contract.ts';
import { isBotName, personOfEmail } from './people.ts';
import { replay } from './replay.ts';
import { cleanName, cleanText, clip, htmlToText, webUrl } from './text.ts';
import { absurdTime, readOffset, readTime } from './time.ts';
import { verifySignature, verifyToken } from './webhook.ts';

test.each([
  ['  Ann   Lee\n', 'Ann Lee'],
  ['\u202eevil\u202c \u0007bell\u0000', 'evil bell'],
  ['Zoe\u0308', 'Zoë'],
  ['李\u3000雷', '李 雷'],
  ['half \ud83d', 'half \ufffd'],
  ['ע\u200fברית', 'עברית'],
  ['', ''],
])('cleans the name %j', (given, expected) => {
  expect(cleanName(given)).toBe(expected);
});

test('cleans and clips texts', () => {
  expect(cleanText('a\r\nb\u0000\tc\r')).toBe('a\nb\tc');
  expect(cleanText('x'.repeat(50_000))).toHaveLength(20_000);
  expect(clip('ab\u{1f600}cd', 4)).toBe('ab…');
  expect(webUrl('javascript:alert(1)')).toBeUndefined();
  expect(webUrl('https://example.org/a')).toBe('https://example.org/a');
});

test.each([
  ['<p>One</p><p>Two<br>three</p>', 'One\n\nTwo\nthree'],
  ['<ul><li>a</li><li>b</li></ul>', '- a\n- b'],
  ['a<script>alert(1)</script><style>x{}</style>b', 'ab'],
  ['<img src=x onerror=alert(1)>hi', 'hi'],
  ['5 &lt; 6 &amp;amp; &eacute;&#9731;&nbsp;x', '5 < 6 &amp; é☃ x'],
  ['<scr<script>x</script>ipt>alert(1)</script>', 'xipt>alert(1)'],
  ['<p>open <b>and never closed', 'open and never closed'],
])('makes text of %j', (html, text) => {
  const made = htmlToText(html);
  expect(made).not.toMatch(/<script/i);
  expect(made).toBe(text);
});

// Each of these took a naive reader minutes: what is nested or never closed must not cost more than its length.
test.each(['<div><p>x</p>', '<b>', '<', '<a ', '<li', '&', '<script>', '<x y="', '\n', ' ', '<!--', '</'])(
  'turns a megabyte of %j into a bounded text',
  (piece) => {
    expect(htmlToText(piece.repeat(1_000_000 / piece.length)).length).toBeLessThanOrEqual(20_000);
  },
);

test.each<[string | number, number]>([
  ['2024-03-01', Date.UTC(2024, 2, 1)],
  ['2024-03-01 10:30', Date.UTC(2024, 2, 1, 10, 30)],
  ['2024-03-01T10:30:15.5+02:00', Date.UTC(2024, 2, 1, 8, 30, 15, 500)],
  ['2024-03-01T10:30:15+0200', Date.UTC(2024, 2, 1, 8, 30, 15)],
  ['Fri, 01 Mar 2024 10:30:00 GMT', Date.UTC(2024, 2, 1, 10, 30)],
  ['1 Mar 2024 10:30:00 +0100', Date.UTC(2024, 2, 1, 9, 30)],
  ['March 1, 2024', Date.UTC(2024, 2, 1)],
  [1_709_289_000, Date.UTC(2024, 2, 1, 10, 30)],
  ['1709289000000', Date.UTC(2024, 2, 1, 10, 30)],
  ['yesterday', Number.NaN],
  ['5', Number.NaN],
  ['2024-13-45', Number.NaN],
  ['', Number.NaN],
])('reads the time %j', (given, expected) => {
  expect(readTime(given)).toBe(expected);
});

test('knows which times cannot be', () => {
  const now = Date.UTC(2026, 0, 10);
  expect(absurdTime(now + 86_400_000, now)).toBeUndefined();
  expect(absurdTime(now + 3 * 86_400_000, now)).toMatch(/2026-01-13 is more than two days in the future/);
  expect(absurdTime(0, now)).toMatch(/before 2 January 1970/);
  expect(absurdTime(Number.NaN, now)).toMatch(/cannot be read/);
  expect(absurdTime(1e300, now)).toMatch(/future/);
  expect([
    readOffset('2024-01-01T00:00+05:30'),
    readOffset('Fri, 01 Mar 2024 10:30:00 -0800'),
    readOffset('2024-03-01'),
    readOffset('10:00 +9900'),
  ]).toEqual([330, -480, undefined, undefined]);
});

test.each([
  ['dependabot[bot]', '', true],
  ['Renovate Bot', '', true],
  ['GitHub', 'noreply@github.com', true],
  ['Robot Talbot', 'rt@example.org', false],
  ['Abbot', 'abbot@example.org', false],
])('is %s a bot? by name and address', (name, email, expected) => {
  expect(isBotName(name, email)).toBe(expected);
});

test.each([
  ['Ann', 'ann@example.org', 'email ann@example.org'],
  ['Ann', 'noreply@example.org', 'name Ann <noreply@example.org>'],
  ['root', 'root@web-1', 'name root <root@web-1>'],
  ['Joe', 'joe@laptop.(none)', 'email joe@laptop.(none)'],
  ['Joe', 'not an address', 'name Joe <not an address>'],
  ['Ann', 'ann.lee@noreply.codeberg.org', 'email ann.lee@noreply.codeberg.org'],
  ['', '', 'name nobody'],
])('%s <%s> is one person as %s', (name, email, expected) => {
  const { person } = personOfEmail(name, email, 'scope');
  expect(`${person.type} ${person.value}`).toBe(expected);
  expect(person.host).toBe(person.type === 'name' ? 'scope' : undefined);
});

const body = Buffer.from('{"a":1}');
const request = (headers: Record<string, string>): WebhookRequest => ({ headers, body, receivedAt: new Date('2026-01-01T00:00:00Z') });
const sign = (text: string | Buffer) => createHmac('sha256', 'secret').update(text).digest('hex');

test('believes a webhook only with its signature', () => {
  const how = { secret: 'secret', header: 'X-Signature', prefix: 'sha256=' };
  expect(() => verifySignature(request({ 'x-signature': `sha256=${sign(body)}` }), how)).not.toThrow();
  for (const signature of [sign(body), `sha256=${sign('{"a":2}')}`, '', 'sha256=']) {
    expect(() => verifySignature(request({ 'x-signature': signature }), how)).toThrow('not signed as agreed');
  }
  expect(() => verifySignature(request({}), how)).toThrow('not signed as agreed');
  expect(() => verifyToken(request({ 'x-token': 'secret' }), 'X-Token', 'secret')).not.toThrow();
  expect(() => verifyToken(request({ 'x-token': 'other' }), 'X-Token', 'secret')).toThrow('not signed as agreed');
  expect(() => verifyToken(request({}), 'X-Token', '')).toThrow('not signed as agreed');
});

test('refuses a webhook that was recorded and is played again', () => {
  const signed = (time: string, bytes: Buffer) => Buffer.concat([Buffer.from(`v0:${time}:`), bytes]);
  const how = { secret: 'secret', header: 'x-signature', timestamp: { header: 'x-time', signed } };
  const at = (time: string) => request({ 'x-signature': sign(signed(time, body)), 'x-time': time });
  expect(() => verifySignature(at('1767225500'), how)).not.toThrow();
  expect(() => verifySignature(at('1767220000'), how)).toThrow('more than five minutes ago');
  expect(() => verifySignature(at('1767230000'), how)).toThrow('more than five minutes ago');
  expect(() => verifySignature(at('soon'), how)).toThrow('more than five minutes ago');
});

test('the replay server fails on what was not recorded and on what was not asked for', async () => {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'rapport-replay-'));
  const fixture = path.join(folder, 'fixture.json');
  const exchange = (name: string) => ({ request: { path: name }, response: { json: { next: `{{server}}${name}` } } });
  await writeFile(fixture, JSON.stringify({ synthetic: true, exchanges: [exchange('/a'), exchange('/b')] }));
  const good = await replay(fixture);
  expect(await (await fetch(`${good.url}/a`)).json()).toEqual({ next: `${good.url}/a` });
  await fetch(`${good.url}/b`);
  await good.finish();
  const bad = await replay(fixture);
  await fetch(`${bad.url}/a`);
  await fetch(`${bad.url}/a`);
  await expect(bad.finish()).rejects.toThrow(/not recorded: GET \/a\nrecorded, but never asked for: GET \/b/);
  await rm(folder, { recursive: true });
});
